"""How a verdict is reached: formats, one measuring pass, noise rules, target profiles, the judge."""
