# New objects in the landing bucket start workflows of start type event: S3 -> EventBridge -> Glue, which batches.
locals {
  event_workflows = { for workflow, start in local.starts : workflow => {
    enabled  = start.enabled
    datasets = sort(distinct(flatten([for job in local.jobs : job.datasets if job.workflow == workflow])))
  } if start.type == "EVENT" }
}

resource "aws_s3_bucket_notification" "landing" {
  count = length(local.event_workflows) > 0 ? 1 : 0

  bucket      = aws_s3_bucket.this["landing"].id
  eventbridge = true
}

resource "aws_cloudwatch_event_rule" "new_files" {
  for_each = local.event_workflows

  name        = "${local.name}-${each.key}-new-files"
  description = "New files for workflow ${each.key}"
  state       = each.value.enabled ? "ENABLED" : "DISABLED"
  event_pattern = jsonencode({
    source      = ["aws.s3"]
    detail-type = ["Object Created"]
    detail = {
      bucket = { name = [local.buckets.landing] }
      object = { key = [for dataset in each.value.datasets : { prefix = "${dataset}/" }] }
    }
  })
}

resource "aws_cloudwatch_event_target" "workflow" {
  for_each = local.event_workflows

  rule     = aws_cloudwatch_event_rule.new_files[each.key].name
  arn      = aws_glue_workflow.this[each.key].arn
  role_arn = aws_iam_role.events[0].arn

  dynamic "dead_letter_config" {
    for_each = aws_sqs_queue.undelivered

    content {
      arn = dead_letter_config.value.arn
    }
  }
}

# Jobs that failed, timed out or are still running long after they should have ended. Glue has no event for workflows.
locals {
  what_happened = {
    failed = {
      detail_type = "Glue Job State Change"
      states      = ["FAILED", "TIMEOUT"]
      text        = "Job <job> of workflow %s in %s: <state> at <time>."
    }
    late = {
      # Sent once a run is older than notify_delay_after of its job.
      detail_type = "Glue Job Run Status"
      states      = ["STARTING", "RUNNING", "STOPPING"]
      text        = "Job <job> of workflow %s in %s should have ended by now: <state> at <time>."
    }
  }
  job_events = merge([for workflow in keys(local.workflows) : {
    for what, event in local.what_happened : "${workflow}-${what}" => merge(event, {
      workflow = workflow
      jobs     = sort([for name, job in local.jobs : name if job.workflow == workflow])
      text     = format(event.text, workflow, local.name)
    })
  }]...)

  event_paths = {
    job     = "$.detail.jobName"
    state   = "$.detail.state"
    run     = "$.detail.jobRunId"
    message = "$.detail.message"
    time    = "$.time"
    region  = "$.region"
  }
  run_link = "https://<region>.console.aws.amazon.com/gluestudio/home?region=<region>#/job/<job>/run/<run>"
  remedy   = "What to do: docs/operations.md, When a run fails."
}

resource "aws_cloudwatch_event_rule" "job" {
  for_each = local.job_events

  name        = "${local.name}-${each.key}"
  description = "Jobs of workflow ${each.value.workflow}: ${join(", ", each.value.states)}"
  event_pattern = jsonencode({
    source      = ["aws.glue"]
    detail-type = [each.value.detail_type]
    detail      = { jobName = each.value.jobs, state = each.value.states }
  })
}

# For people: lines of text.
resource "aws_cloudwatch_event_target" "alerts" {
  for_each = local.job_events

  rule = aws_cloudwatch_event_rule.job[each.key].name
  arn  = aws_sns_topic.alerts.arn

  input_transformer {
    input_paths    = local.event_paths
    input_template = <<-EOT
      "${each.value.text}"
      "<message>"
      "Run <run>: ${local.run_link}"
      "${local.remedy}"
    EOT
  }

  dynamic "dead_letter_config" {
    for_each = aws_sqs_queue.undelivered

    content {
      arn = dead_letter_config.value.arn
    }
  }
}

# For the chat application, which shows no text but in a form of its own.
resource "aws_cloudwatch_event_target" "chat" {
  for_each = var.slack == null ? {} : local.job_events

  rule = aws_cloudwatch_event_rule.job[each.key].name
  arn  = aws_sns_topic.channel["chat"].arn

  input_transformer {
    input_paths    = local.event_paths
    input_template = <<-EOT
      {
        "version": "1.0",
        "source": "custom",
        "content": {
          "textType": "client-markdown",
          "title": "${each.value.text}",
          "description": <message>,
          "nextSteps": ["Run <run>: ${local.run_link}", "${local.remedy}"]
        },
        "metadata": {"threadId": "<run>"}
      }
    EOT
  }

  dynamic "dead_letter_config" {
    for_each = aws_sqs_queue.undelivered

    content {
      arn = dead_letter_config.value.arn
    }
  }
}

resource "aws_sqs_queue" "undelivered" {
  count = var.keep_undelivered ? 1 : 0

  name                      = "${local.name}-undelivered"
  message_retention_seconds = 14 * 24 * 3600
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue_policy" "undelivered" {
  count = length(aws_sqs_queue.undelivered)

  queue_url = aws_sqs_queue.undelivered[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "KeepUndelivered"
      Effect    = "Allow"
      Action    = "sqs:SendMessage"
      Principal = { Service = "events.amazonaws.com" }
      Resource  = aws_sqs_queue.undelivered[0].arn
      Condition = { ArnEquals = { "aws:SourceArn" = concat(values(aws_cloudwatch_event_rule.job)[*].arn, values(aws_cloudwatch_event_rule.new_files)[*].arn) } }
    }]
  })
}
