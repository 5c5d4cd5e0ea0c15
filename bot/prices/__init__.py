"""What a bitcoin costs: quotes from public APIs combined into one price, amounts converted, charts drawn."""
