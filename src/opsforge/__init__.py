"""OpsForge: a self-hosted development platform for AIOps engineers."""
