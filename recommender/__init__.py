"""Recommend the skills to add next, from a raw list of skills, with reasons that can be checked."""
