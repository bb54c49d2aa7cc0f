# The plan ends here. What the messages of the first run say is in workflow_file.tftest.hcl and network_ranges.tftest.hcl.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  environment  = "test"
  build_folder = "tests/fixtures/package"
}

run "wrong_workflows_ranges_that_overlap_nothing_packaged" {
  command = plan
  variables {
    job_settings = { load_streams = { worker_type = "G.3X" } }
    network      = { mode = "create", connected_cidrs = ["10.0.0.0/8"] }
    build_folder = "tests/fixtures"
  }
  expect_failures = [terraform_data.workflow_file, terraform_data.network, aws_s3_object.library]
}

run "databases_without_a_network" {
  command = plan
  variables {
    network = { mode = "existing" }
  }
  expect_failures = [aws_db_subnet_group.this, aws_redshiftserverless_workgroup.this]
}

run "variables_that_make_no_sense" {
  command = plan
  variables {
    environment      = "Production!"
    project          = "x"
    region           = "Virginia"
    tags             = { "aws:owner" = "us" }
    endpoint_url     = "localhost:4566"
    bucket_names     = { lake = "Lake_Bucket" }
    retention        = { temporary_days = 0 }
    kms_key_arn      = "alias/mine"
    ledger_table     = "no blanks"
    catalog_database = "Music-Streams"
    workflows_file   = "nowhere.json"
    glue_version     = "4.0"
    start            = { streams = { type = "daily" } }
    flex_kinds       = ["load_everything"]
    reader_group     = "Readers; DROP"
    network          = { mode = "borrow" }
    rds              = { mode = "existing", jdbc_url = "postgres://db" }
    redshift         = { mode = "create", base_rpu = 5 }
  }
  expect_failures = [
    var.environment, var.project, var.region, var.tags, var.endpoint_url, var.bucket_names, var.retention, var.kms_key_arn, var.ledger_table,
    var.catalog_database, var.workflows_file, var.glue_version, var.start, var.flex_kinds, var.reader_group, var.network, var.rds, var.redshift,
  ]
}

run "starts_that_make_no_sense" {
  command = plan
  variables {
    start = { streams = { type = "event", schedule = "cron(0 4 * * ? *)", batch_size = 101, batch_window_seconds = 901 } }
  }
  expect_failures = [var.start]
}
