# desk
desk-severity-critical = 緊急
desk-severity-high = 高
desk-severity-medium = 中
desk-severity-low = 低
