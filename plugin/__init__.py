"""The app a merchant installs: the policy, the casework, the storage and the pages."""
