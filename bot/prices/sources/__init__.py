"""One small class per public API, all alike to whoever asks them."""
