mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  environment  = "test"
  build_folder = "tests/fixtures/package"
}

run "defaults" {
  assert {
    condition = toset(keys(aws_glue_job.this)) == toset(flatten([
      for workflow in jsondecode(file("../glue_jobs/workflows.json")).workflows : keys(workflow.jobs)
    ]))
    error_message = "Every job of workflows.json has its job, and there is no other: ${join(", ", keys(aws_glue_job.this))}."
  }

  assert {
    condition     = toset(keys(aws_glue_workflow.this)) == toset(keys(jsondecode(file("../glue_jobs/workflows.json")).workflows))
    error_message = "Every workflow of workflows.json has its workflow: ${join(", ", keys(aws_glue_workflow.this))}."
  }

  assert {
    condition = toset(flatten([
      for trigger in aws_glue_trigger.this : [
        for pair in setproduct(trigger.predicate[0].conditions[*], trigger.actions[*].job_name) : "${trigger.workflow_name}: ${pair[0].job_name} ${pair[0].state} > ${pair[1]}"
      ]
      ])) == toset(flatten([
      for name, workflow in jsondecode(file("../glue_jobs/workflows.json")).workflows : [
        for trigger in workflow.triggers : [for pair in setproduct(trigger.when, trigger.actions) : "${name}: ${pair[0].job} ${pair[0].state} > ${pair[1]}"] if trigger.type == "CONDITIONAL"
      ]
    ]))
    error_message = "The edges of the triggers equal those of workflows.json."
  }

  assert {
    condition     = alltrue([for workflow in keys(aws_glue_workflow.this) : length([for trigger in aws_glue_trigger.start : trigger if trigger.workflow_name == workflow]) == 1])
    error_message = "A workflow has one start trigger."
  }

  assert {
    condition     = alltrue([for workflow in aws_glue_workflow.this : workflow.max_concurrent_runs == 1]) && alltrue([for job in aws_glue_job.this : job.execution_property[0].max_concurrent_runs == 1])
    error_message = "Workflows and jobs run once at a time."
  }

  assert {
    condition     = alltrue([for job in aws_glue_job.this : job.glue_version == "5.1" && job.worker_type == "G.1X" && job.command[0].name == "glueetl"])
    error_message = "Glue 5.1 on G.1X."
  }

  assert {
    condition = alltrue([for job in aws_glue_job.this : alltrue([
      job.default_arguments["--enable-auto-scaling"] == "true",
      job.default_arguments["--enable-job-insights"] == "true",
      job.default_arguments["--enable-metrics"] == "true",
      job.default_arguments["--enable-continuous-cloudwatch-log"] == "true",
      job.default_arguments["--custom-logGroup-prefix"] == "/aws-glue/jobs/music-test",
      job.default_arguments["--enable-spark-ui"] == (job.name == "erase_user" ? "false" : "true"), # plans name whom it looks for
      job.default_arguments["--spark-event-logs-path"] == "s3://music-test-123456789012-lake/spark-ui/${job.name}/",
      job.default_arguments["--conf"] == "spark.hadoop.fs.s3a.endpoint.region=us-east-1",
      job.default_arguments["--extra-py-files"] == "s3://music-test-123456789012-scripts/lib/glue_jobs.zip",
      job.default_arguments["--additional-python-modules"] == "s3://music-test-123456789012-scripts/wheels/example-1.0-py3-none-any.whl",
      job.default_arguments["--landing_bucket"] == "music-test-123456789012-landing",
      job.default_arguments["--redshift_connection"] == "music-test-redshift",
      job.default_arguments["--redshift_role"] == aws_iam_role.warehouse.arn,
      job.security_configuration == "music-test",
    ])])
    error_message = jsonencode([for job in aws_glue_job.this : job.default_arguments])
  }

  assert {
    condition     = aws_glue_job.this["load_streams"].default_arguments["--job-bookmark-option"] == "job-bookmark-enable" && aws_glue_job.this["streams_check_quality"].default_arguments["--job-bookmark-option"] == "job-bookmark-disable"
    error_message = "Bookmarks are as workflows.json says."
  }

  assert {
    condition     = alltrue([for name, job in aws_glue_job.this : (job.execution_class == "FLEX") == contains(["streams_check_quality", "streams_clean_up"], name)])
    error_message = "What nobody waits for is FLEX, but nothing in the hourly workflow: ${jsonencode({ for name, job in aws_glue_job.this : name => job.execution_class })}."
  }

  assert {
    condition     = alltrue([for name, job in aws_glue_job.this : job.role_arn == aws_iam_role.job[local.jobs[name].kind].arn])
    error_message = "A job has the role of its kind."
  }

  assert {
    condition     = join(" ", aws_glue_job.this["load_catalog"].connections) == "music-test-rds music-test-redshift"
    error_message = "Connections are those of the job: ${join(" ", aws_glue_job.this["load_catalog"].connections)}."
  }

  assert {
    condition = alltrue([for kind in ["landing", "lake", "scripts"] : alltrue([
      aws_s3_bucket_versioning.this[kind].versioning_configuration[0].status == "Enabled",
      one(aws_s3_bucket_server_side_encryption_configuration.this[kind].rule).apply_server_side_encryption_by_default[0].sse_algorithm == "aws:kms",
      aws_s3_bucket_public_access_block.this[kind].block_public_acls && aws_s3_bucket_public_access_block.this[kind].block_public_policy,
      aws_s3_bucket_public_access_block.this[kind].ignore_public_acls && aws_s3_bucket_public_access_block.this[kind].restrict_public_buckets,
      aws_s3_bucket_policy.this[kind].policy == data.aws_iam_policy_document.tls_only[kind].json,
      one(data.aws_iam_policy_document.tls_only[kind].statement[0].condition).variable == "aws:SecureTransport",
    ])])
    error_message = "Every bucket: versions, KMS, no public access, TLS only."
  }

  assert {
    condition = { for rule in aws_s3_bucket_lifecycle_configuration.this["lake"].rule : rule.id => try(rule.expiration[0].days, null) if rule.id != "old-versions" } == {
      temp = 7, spark-ui = 30, logs = 365, errors = 365, reports = 365, archive = null
    }
    error_message = "Objects of the lake go when their time has come; archived files, manifests and quarantine stay."
  }

  assert {
    condition     = flatten([for rule in aws_s3_bucket_lifecycle_configuration.this["lake"].rule : rule.noncurrent_version_expiration[*].noncurrent_days if rule.id == "temp"]) == [1]
    error_message = "Deleted temporary files are kept for a month."
  }

  assert {
    condition     = aws_redshiftserverless_workgroup.this[0].base_capacity == 4
    error_message = "4 RPU serve small and medium warehouses."
  }

  assert {
    condition     = alltrue([for dataset, table in aws_glue_catalog_table.archive : table.parameters["storage.location.template"] == "s3://${local.buckets.lake}/archive/${dataset}/$${day}/" && table.parameters["projection.day.format"] == "yyyy/MM/dd"])
    error_message = "Athena looks for the archive's days in other folders than glue_jobs/lib/files/archive.py uses."
  }

  assert {
    condition     = flatten([for rule in aws_s3_bucket_lifecycle_configuration.this["lake"].rule : rule.transition[*].storage_class if rule.id == "archive"]) == ["GLACIER_IR"]
    error_message = "Backfills read the archive: it moves to a class that answers at once."
  }

  assert {
    condition     = aws_dynamodb_table.ledger.hash_key == "file_key" && one(aws_dynamodb_table.ledger.global_secondary_index).hash_key == "open_dataset" && aws_dynamodb_table.ledger.point_in_time_recovery[0].enabled && aws_dynamodb_table.ledger.server_side_encryption[0].enabled
    error_message = "The ledger as the jobs expect it, restorable and encrypted."
  }

  assert {
    condition     = aws_glue_catalog_database.this.name == "music_streams" && alltrue([for dataset in local.datasets : aws_glue_catalog_table.quarantine[dataset].storage_descriptor[0].location == "s3://${local.buckets.lake}/quarantine/${dataset}/"])
    error_message = "Every dataset's quarantine has its table."
  }

  assert {
    condition     = aws_glue_connection.this["rds"].connection_properties["JDBC_CONNECTION_URL"] == "jdbc:postgresql://rds.example:5432/music" && aws_glue_connection.this["redshift"].connection_properties["JDBC_CONNECTION_URL"] == "jdbc:redshift://redshift.example:5439/warehouse"
    error_message = jsonencode(output.jdbc_urls)
  }

  assert {
    condition     = aws_db_instance.this[0].manage_master_user_password && aws_redshiftserverless_namespace.this[0].manage_admin_password && length(aws_secretsmanager_secret.database) == 0 && length(output.secrets_to_fill) == 0
    error_message = "AWS keeps the passwords; none is in the state."
  }

  assert {
    condition     = aws_db_instance.this[0].storage_encrypted && !aws_db_instance.this[0].publicly_accessible && aws_redshiftserverless_workgroup.this[0].enhanced_vpc_routing && !aws_redshiftserverless_workgroup.this[0].publicly_accessible
    error_message = "Databases are encrypted and within the VPC."
  }

  assert {
    condition     = length(aws_subnet.this) == 3 && length(distinct([for subnet in aws_subnet.this : subnet.availability_zone])) == 3 && aws_glue_connection.this["rds"].physical_connection_requirements[0].availability_zone == "us-east-1a"
    error_message = "Three subnets in three zones, jobs in the first."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.job_from_job[0].referenced_security_group_id == aws_security_group.job[0].id && alltrue([for rule in aws_vpc_security_group_egress_rule.job_to_network : rule.cidr_ipv4 != "0.0.0.0/0"])
    error_message = "The jobs' group lets itself in, and out only to what jobs need."
  }
}

run "nothing_fires_at_apply" {
  command = plan
  variables {
    start = { for name, workflow in jsondecode(file("../glue_jobs/workflows.json")).workflows : name => { type = "on_demand", enabled = true } }
  }

  assert {
    condition     = alltrue([for trigger in aws_glue_trigger.start : trigger.type == "ON_DEMAND" && trigger.enabled == false && trigger.schedule == null])
    error_message = "A trigger on demand that is enabled would run its jobs during apply."
  }

  assert {
    condition     = alltrue([for trigger in aws_glue_trigger.this : trigger.type == "CONDITIONAL" && trigger.enabled])
    error_message = "Conditional triggers wait for jobs, and must be enabled to do so."
  }
}

run "an_environment_of_its_own" {
  command = plan
  variables {
    start        = { streams = { type = "event", batch_size = 20, batch_window_seconds = 300 } }
    job_settings = { load_streams = { worker_type = "G.2X", number_of_workers = 10, timeout_minutes = 120, max_retries = 2 } }
    network      = { mode = "existing", vpc_id = "vpc-1", subnet_ids = ["subnet-1"], availability_zone = "us-east-1b", security_group_ids = ["sg-1"], connected_cidrs = ["10.0.0.0/8"] }
    rds          = { mode = "existing", jdbc_url = "jdbc:postgresql://db.example:5433/catalogue", secret_arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db" }
    redshift = {
      mode = "existing", jdbc_url = "jdbc:redshift://wh.example:5439/music", role_arn = "arn:aws:iam::123456789012:role/copy"
    }
    kms_key_arn     = "arn:aws:kms:us-east-1:123456789012:key/mine"
    lifecycle_rules = false
    glue_version    = "6.0"
  }

  assert {
    condition     = alltrue([for job in aws_glue_job.this : job.glue_version == "6.0"])
    error_message = "The version of Glue is that of the environment."
  }

  assert {
    condition     = aws_glue_trigger.start["streams"].type == "EVENT" && aws_glue_trigger.start["streams"].event_batching_condition[0].batch_size == 20 && aws_glue_trigger.start["streams"].event_batching_condition[0].batch_window == 300
    error_message = jsonencode(aws_glue_trigger.start["streams"])
  }

  assert {
    condition     = aws_glue_job.this["load_streams"].worker_type == "G.2X" && aws_glue_job.this["load_streams"].number_of_workers == 10 && aws_glue_job.this["load_streams"].timeout == 120 && aws_glue_job.this["load_streams"].max_retries == 2
    error_message = jsonencode(aws_glue_job.this["load_streams"])
  }

  assert {
    condition     = aws_glue_job.this["load_catalog"].worker_type == "G.1X" && aws_glue_job.this["load_catalog"].max_retries == 0
    error_message = "Other jobs stay as they are."
  }

  assert {
    condition     = length(aws_vpc.this) + length(aws_db_instance.this) + length(aws_redshiftserverless_namespace.this) + length(aws_kms_key.this) + length(aws_s3_bucket_lifecycle_configuration.this) == 0
    error_message = "What is there already is not made again."
  }

  assert {
    condition     = aws_glue_connection.this["rds"].connection_properties["SECRET_ID"] == var.rds.secret_arn && join(" ", keys(aws_secretsmanager_secret.database)) == "redshift"
    error_message = "A given secret is used; without one, one is made to be filled in."
  }

  assert {
    condition     = aws_glue_connection.this["rds"].physical_connection_requirements[0].subnet_id == "subnet-1" && length(aws_glue_connection.this["rds"].physical_connection_requirements[0].security_group_id_list) == 2
    error_message = "Connections lead through the given subnet, with the given group beside the one made here."
  }

  assert {
    condition     = contains([for rule in aws_vpc_security_group_egress_rule.job_to_network : "${rule.cidr_ipv4} ${rule.from_port}"], "10.0.0.0/8 5439")
    error_message = "Jobs may call databases in connected networks."
  }

  assert {
    condition     = aws_glue_job.this["load_streams"].default_arguments["--redshift_role"] == var.redshift.role_arn
    error_message = "The role that is attached already is used."
  }
}
