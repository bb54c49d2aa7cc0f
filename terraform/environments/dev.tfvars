environment = "dev"

# May be destroyed and made again at any time.
force_destroy       = true
deletion_protection = false

# Workflows start by hand only.
schedules_enabled = false

rds = {
  mode        = "create"
  backup_days = 1
}

redshift = {
  mode                    = "create"
  max_rpu                 = 8
  max_rpu_hours_per_month = 40
  stop_at_limit           = true
}

retention = {
  quarantine_days = 90
}
