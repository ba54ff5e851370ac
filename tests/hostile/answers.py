def parties(): return []
