"""Never twice, never late, nothing lost: shown, not said."""
