"""Do cues help? The intervals, the pairs behind them, and raters with a hidden taste."""
