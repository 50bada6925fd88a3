# There is one row, and this is its name in the admin change log.
terraform import vicidial_cluster_settings.this system_settings
