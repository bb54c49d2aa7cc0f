# The local endpoint: `local-glue up --empty`, then endpoint_url and the addresses of the databases by -var or TF_VAR_….
environment = "local"

force_destroy       = true
deletion_protection = false
schedules_enabled   = false

# The provider waits a minute for the rules of each bucket, and half a minute for each queue.
lifecycle_rules  = false
keep_undelivered = false

bucket_names = {
  landing = "music-landing"
  lake    = "music-lake"
  scripts = "music-scripts"
}

network = {
  mode = "existing"
}

reader_group = "readers"
