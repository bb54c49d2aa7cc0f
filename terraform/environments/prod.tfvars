environment = "prod"

rds = {
  mode           = "create"
  instance_class = "db.t4g.small"
  multi_az       = true
  backup_days    = 14
}

redshift = {
  mode                    = "create"
  max_rpu                 = 64
  max_rpu_hours_per_month = 400
}

job_settings = {
  load_streams = { number_of_workers = 10, timeout_minutes = 120 }
}
