# desk
desk-severity-critical = critical
desk-severity-high = high
desk-severity-medium = medium
desk-severity-low = low
