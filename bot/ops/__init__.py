"""What operators see and what keeps the adapters running."""
