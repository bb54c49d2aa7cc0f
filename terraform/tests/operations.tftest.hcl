# Who hears of what, and when.

mock_provider "aws" {
  source = "./tests/mocks"
}

override_resource {
  target = aws_sns_topic.channel["chat"]
  values = { arn = "arn:aws:sns:us-east-1:123456789012:chat" }
}

override_resource {
  target = aws_sns_topic.channel["pages"]
  values = { arn = "arn:aws:sns:us-east-1:123456789012:pages" }
}

variables {
  environment  = "test"
  build_folder = "tests/fixtures/package"
  bucket_names = { landing = "the-landing", lake = "the-lake", scripts = "the-scripts" }

  # What has no part in this makes the tests slow.
  network  = { mode = "existing" }
  rds      = { mode = "existing", jdbc_url = "jdbc:postgresql://db:5432/music" }
  redshift = { mode = "existing", jdbc_url = "jdbc:redshift://wh:5439/warehouse" }
}

run "without_settings_there_are_alarms_and_a_topic" {
  assert {
    condition     = length(aws_sns_topic.channel) == 0 && length(aws_sns_topic_subscription.email) == 0 && length(aws_cloudwatch_event_target.chat) == 0 && length(aws_chatbot_slack_channel_configuration.this) == 0
    error_message = "Chat and pages are options."
  }
  assert {
    condition = alltrue([for workflow in keys(local.workflows) : jsondecode(aws_cloudwatch_event_rule.job["${workflow}-failed"].event_pattern) == {
      source      = ["aws.glue"]
      detail-type = ["Glue Job State Change"]
      detail      = { jobName = [for name, job in local.jobs : name if job.workflow == workflow], state = ["FAILED", "TIMEOUT"] }
    }])
    error_message = "A rule for failures misses a job of its workflow."
  }
  assert {
    condition     = startswith(aws_cloudwatch_event_target.alerts["streams-failed"].input_transformer[0].input_template, "\"Job <job> of workflow streams in music-test: <state> at <time>.\"\n\"<message>\"\n")
    error_message = "The message does not begin with what failed and why: ${aws_cloudwatch_event_target.alerts["streams-failed"].input_transformer[0].input_template}"
  }
  assert {
    condition = alltrue([
      for name in regexall("<([a-z]+)>", aws_cloudwatch_event_target.alerts["streams-late"].input_transformer[0].input_template) :
      contains(keys(aws_cloudwatch_event_target.alerts["streams-late"].input_transformer[0].input_paths), name[0])
    ])
    error_message = "A message uses something that the event does not give."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.stale["streams"].treat_missing_data == "breaching" && aws_cloudwatch_metric_alarm.stale["streams"].evaluation_periods == 26 && aws_cloudwatch_metric_alarm.stale["streams"].datapoints_to_alarm == 26
    error_message = "A warehouse is stale after 26 hours without a publish; no data means none."
  }
  assert {
    condition     = [for query in aws_cloudwatch_metric_alarm.stale["streams"].metric_query : query.metric[0].dimensions.Job if length(query.metric) > 0] == ["load_streams"]
    error_message = "What makes the warehouse fresh are its facts."
  }
  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.slow) == keys(local.jobs) && aws_cloudwatch_metric_alarm.slow["load_catalog"].threshold == local.jobs["load_catalog"].timeout_minutes * 30
    error_message = "Each job has an alarm at half its timeout."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.rejected["load_streams"].threshold == 0.05 && aws_cloudwatch_metric_alarm.rejected["load_streams"].treat_missing_data == "notBreaching"
    error_message = "More than a twentieth in quarantine is an alarm; no run is none."
  }
  assert {
    condition     = length(aws_cloudwatch_metric_alarm.failed["streams"].alarm_actions) == 0
    error_message = "People have been told by the rule; the alarm would tell them twice."
  }
  assert {
    condition     = length(flatten([for alarms in [aws_cloudwatch_metric_alarm.stale, aws_cloudwatch_metric_alarm.slow, aws_cloudwatch_metric_alarm.rejected] : [for alarm in alarms : 1 if length(alarm.alarm_actions) != 1]])) == 0
    error_message = "An alarm tells nobody."
  }
  assert {
    condition     = length(setsubtract(["/aws-glue/jobs/music-test/error", "/aws-glue/jobs/music-test/music-test-role/music-test-load-streams/output"], values(aws_cloudwatch_log_group.jobs)[*].name)) == 0 && alltrue([for group in aws_cloudwatch_log_group.jobs : group.retention_in_days == 365])
    error_message = "Logs go to groups that are not kept for ever."
  }
  assert {
    condition     = length(setsubtract(keys(local.jobs), flatten([for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : [for metric in try(widget.properties.metrics, []) : metric[3] if metric[1] == "DurationSeconds"]]))) == 0
    error_message = "The dashboard misses the duration of a job."
  }
  assert {
    condition     = length([for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : 1 if startswith(try(widget.properties.title, ""), "Books of load_streams")]) == 1
    error_message = "The dashboard misses the books."
  }
  assert {
    condition     = length(aws_cloudwatch_event_rule.new_files) == 0 && length(aws_s3_bucket_notification.landing) == 0
    error_message = "Workflows start by schedule, so no rule watches for files."
  }
  assert {
    condition     = alltrue([for target in aws_cloudwatch_event_target.alerts : length(target.dead_letter_config) == 1])
    error_message = "An alert that cannot be delivered is lost."
  }
}

run "all_channels_hear_what_they_can_show_and_new_files_start_a_workflow_of_type_event" {
  variables {
    alert_emails       = ["on-call@example.com", "data@example.com"]
    slack              = { workspace_id = "T0123ABCDEF", channel_id = "C0123ABCDEF" }
    pagerduty_endpoint = "https://events.pagerduty.example/integration/key/enqueue"
    stale_after_hours  = { streams = 7 }
    late_after_minutes = { load_streams = 12 }
    rejected_share     = 0.5
    start              = { streams = { type = "event", batch_size = 5 } }
    keep_undelivered   = false
  }
  assert {
    condition     = keys(aws_sns_topic_subscription.email) == ["data@example.com", "on-call@example.com"] && aws_sns_topic_subscription.pagerduty[0].protocol == "https"
    error_message = "A subscription is missing."
  }
  assert {
    condition = jsondecode(replace(aws_cloudwatch_event_target.chat["streams-failed"].input_transformer[0].input_template, ": <message>", ": \"why\"")).content == {
      textType    = "client-markdown"
      title       = "Job <job> of workflow streams in music-test: <state> at <time>."
      description = "why"
      nextSteps   = ["Run <run>: ${local.run_link}", "What to do: docs/operations.md, When a run fails."]
    }
    error_message = "The chat application would not show this: ${aws_cloudwatch_event_target.chat["streams-failed"].input_transformer[0].input_template}"
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.failed["streams"].alarm_actions == toset(["arn:aws:sns:us-east-1:123456789012:pages"]) && aws_cloudwatch_metric_alarm.failed["streams"].ok_actions == toset(["arn:aws:sns:us-east-1:123456789012:pages"])
    error_message = "PagerDuty learns of failures by an alarm, and of their end."
  }
  assert {
    condition     = length(aws_cloudwatch_metric_alarm.stale["streams"].alarm_actions) == 3
    error_message = "A stale warehouse is told to all."
  }
  assert {
    condition     = aws_chatbot_slack_channel_configuration.this[0].guardrail_policy_arns == tolist(["arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"])
    error_message = "In Slack one could do more than look."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.stale["streams"].evaluation_periods == 7 && aws_cloudwatch_metric_alarm.slow["load_streams"].threshold == 720 && aws_cloudwatch_metric_alarm.rejected["load_streams"].threshold == 0.5
    error_message = "An alarm does not follow its variable."
  }
  assert {
    condition     = aws_s3_bucket_notification.landing[0].bucket == aws_s3_bucket.this["landing"].id && aws_s3_bucket_notification.landing[0].eventbridge
    error_message = "The landing bucket does not tell EventBridge of new files."
  }
  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.new_files["streams"].event_pattern) == {
      source      = ["aws.s3"]
      detail-type = ["Object Created"]
      detail = {
        bucket = { name = ["the-landing"] }
        object = { key = [{ prefix = "songs/" }, { prefix = "streams/" }, { prefix = "users/" }] }
      }
    }
    error_message = "The rule watches other files: ${aws_cloudwatch_event_rule.new_files["streams"].event_pattern}"
  }
  assert {
    condition     = jsondecode(aws_iam_role_policy.events[0].policy).Statement[0].Action == ["glue:notifyEvent"] && jsondecode(aws_iam_role_policy.events[0].policy).Statement[0].Resource == [aws_glue_workflow.this["streams"].arn]
    error_message = "EventBridge may start something else."
  }
  assert {
    condition     = length(aws_sqs_queue.undelivered) == 0 && length(aws_cloudwatch_event_target.workflow["streams"].dead_letter_config) == 0 && length(aws_cloudwatch_metric_alarm.undelivered) == 0
    error_message = "There is a queue though none was wanted."
  }
}

run "settings_that_make_no_sense_are_refused" {
  command = plan
  variables {
    alert_emails       = ["nobody"]
    slack              = { workspace_id = "our workspace", channel_id = "#alerts" }
    pagerduty_endpoint = "http://pagerduty.example/key"
    stale_after_hours  = { streams = 169 }
    late_after_minutes = { load_streams = 0.5 }
    rejected_share     = 1
    log_retention_days = 100
    extra_kms_key_arns = ["alias/key"]
  }
  expect_failures = [
    var.alert_emails, var.slack, var.pagerduty_endpoint, var.stale_after_hours, var.late_after_minutes, var.rejected_share,
    var.log_retention_days, var.extra_kms_key_arns,
  ]
}
