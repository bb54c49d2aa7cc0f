locals {
  common_arguments = {
    "--job-language"                     = "python"
    "--TempDir"                          = "s3://${local.buckets.lake}/temp/"
    "--extra-py-files"                   = "s3://${local.buckets.scripts}/${aws_s3_object.library.key}"
    "--additional-python-modules"        = join(",", [for wheel in aws_s3_object.wheel : "s3://${local.buckets.scripts}/${wheel.key}"])
    "--enable-auto-scaling"              = "true"
    "--enable-job-insights"              = "true"
    "--enable-metrics"                   = "true"
    "--enable-observability-metrics"     = "true"
    "--enable-continuous-cloudwatch-log" = "true"
    "--custom-logGroup-prefix"           = local.log_group_name
    "--enable-spark-ui"                  = "true"

    # The wheels are all there is to install, each with its dependencies beside it: jobs in a VPC have no way to an index.
    "--python-modules-installer-option" = "--no-index --no-deps"

    # Glue 5.1 reads S3 through S3A, which takes us-east-2 for granted: jobs in a VPC elsewhere would wait until they time out.
    "--conf" = "spark.hadoop.fs.s3a.endpoint.region=${var.region}"
  }
}

resource "aws_glue_security_configuration" "this" {
  name = local.name

  encryption_configuration {
    s3_encryption {
      s3_encryption_mode = "SSE-KMS"
      kms_key_arn        = local.kms_key_arn
    }
    cloudwatch_encryption {
      cloudwatch_encryption_mode = "SSE-KMS"
      kms_key_arn                = local.kms_key_arn
    }
    job_bookmarks_encryption {
      job_bookmarks_encryption_mode = "CSE-KMS"
      kms_key_arn                   = local.kms_key_arn
    }
  }
}

resource "aws_glue_job" "this" {
  for_each = local.jobs

  name                   = each.key
  description            = each.value.description
  role_arn               = aws_iam_role.job[each.value.kind].arn
  glue_version           = coalesce(var.glue_version, each.value.glue_version)
  worker_type            = each.value.worker_type
  number_of_workers      = each.value.number_of_workers
  timeout                = each.value.timeout_minutes
  max_retries            = each.value.max_retries
  execution_class        = each.value.execution_class
  connections            = [for name in each.value.connections : local.connections_by_name[name]]
  security_configuration = aws_glue_security_configuration.this.name

  default_arguments = merge(local.common_arguments, {
    "--job-bookmark-option"   = "job-bookmark-${each.value.bookmark}"
    "--spark-event-logs-path" = "s3://${local.buckets.lake}/spark-ui/${each.key}/"
  }, each.value.arguments)

  command {
    name            = "glueetl"
    python_version  = "3"
    script_location = "s3://${local.buckets.scripts}/${aws_s3_object.script[each.value.script].key}"
  }

  execution_property {
    max_concurrent_runs = each.value.max_concurrent_runs
  }

  # Without it EventBridge never hears of a run that takes too long.
  notification_property {
    notify_delay_after = local.late_after_minutes[each.key]
  }

  tags = { Workflow = each.value.workflow }

  # Log groups first: one that Glue makes by itself keeps its logs for ever.
  depends_on = [terraform_data.workflow_file, aws_cloudwatch_log_group.jobs]
}

resource "aws_glue_workflow" "this" {
  for_each = local.workflows

  name                   = each.key
  description            = each.value.description
  max_concurrent_runs    = each.value.max_concurrent_runs
  default_run_properties = each.value.properties

  depends_on = [terraform_data.workflow_file]
}

resource "aws_glue_trigger" "start" {
  for_each = local.starts

  name          = each.value.name
  description   = each.value.description
  workflow_name = aws_glue_workflow.this[each.key].name
  type          = each.value.type
  schedule      = each.value.schedule

  # Enabling a trigger on demand would run its jobs at once, during apply. Only schedules can be stopped; an event's rule is stopped in EventBridge.
  enabled = each.value.type == "SCHEDULED" ? each.value.enabled : each.value.type == "EVENT"

  dynamic "event_batching_condition" {
    for_each = each.value.type == "EVENT" ? [each.value] : []

    content {
      batch_size   = event_batching_condition.value.batch_size
      batch_window = event_batching_condition.value.batch_window_seconds
    }
  }

  dynamic "actions" {
    for_each = each.value.actions

    content {
      job_name  = aws_glue_job.this[actions.value.job].name
      arguments = actions.value.arguments
    }
  }
}

resource "aws_glue_trigger" "this" {
  for_each = local.triggers

  name          = each.key
  description   = each.value.description
  workflow_name = aws_glue_workflow.this[each.value.workflow].name
  type          = each.value.type
  enabled       = true

  predicate {
    logical = each.value.logical

    dynamic "conditions" {
      for_each = each.value.when

      content {
        job_name         = aws_glue_job.this[conditions.value.job].name
        logical_operator = "EQUALS"
        state            = conditions.value.state
      }
    }
  }

  dynamic "actions" {
    for_each = each.value.actions

    content {
      job_name  = aws_glue_job.this[actions.value.job].name
      arguments = actions.value.arguments
    }
  }
}
