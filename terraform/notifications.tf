# Who hears of what: people (e-mail) lines of text and alarms; the chat application the same in its own form; PagerDuty
# alarms only, because they also say when all is well again.
resource "aws_sns_topic" "alerts" {
  name              = "${local.name}-alerts"
  display_name      = "Alerts of ${local.name}"
  kms_master_key_id = local.kms_key_arn
}

resource "aws_sns_topic" "channel" {
  for_each = toset([for channel, wanted in { chat = var.slack != null, pages = local.has_pagerduty } : channel if wanted])

  name              = "${local.name}-${each.key}"
  kms_master_key_id = local.kms_key_arn
}

locals {
  has_pagerduty = nonsensitive(var.pagerduty_endpoint != null)
  topics        = merge({ alerts = aws_sns_topic.alerts.arn }, { for channel, topic in aws_sns_topic.channel : channel => topic.arn })
}

resource "aws_sns_topic_policy" "this" {
  for_each = toset(concat(["alerts"], keys(aws_sns_topic.channel)))

  arn = local.topics[each.key]
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Alarms"
        Effect    = "Allow"
        Action    = "sns:Publish"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Resource  = local.topics[each.key]
        Condition = { StringEquals = { "aws:SourceAccount" = local.account_id } }
      },
      {
        # No condition: EventBridge tells a topic neither its account nor its rule, and would be refused.
        Sid       = "Rules"
        Effect    = "Allow"
        Action    = "sns:Publish"
        Principal = { Service = "events.amazonaws.com" }
        Resource  = local.topics[each.key]
      },
      {
        Sid       = "OnlyEncrypted"
        Effect    = "Deny"
        Action    = "sns:Publish"
        Principal = "*"
        Resource  = local.topics[each.key]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

resource "aws_sns_topic_subscription" "email" {
  for_each = toset(var.alert_emails)

  topic_arn = aws_sns_topic.alerts.arn
  protocol  = "email"
  endpoint  = each.value
}

resource "aws_sns_topic_subscription" "pagerduty" {
  count = local.has_pagerduty ? 1 : 0

  topic_arn              = aws_sns_topic.channel["pages"].arn
  protocol               = "https"
  endpoint               = var.pagerduty_endpoint
  endpoint_auto_confirms = true
}

# The service was called AWS Chatbot and still is in the API.
resource "aws_chatbot_slack_channel_configuration" "this" {
  count = var.slack == null ? 0 : 1

  configuration_name = "${local.name}-alerts"
  iam_role_arn       = aws_iam_role.chat[0].arn
  slack_team_id      = var.slack.workspace_id
  slack_channel_id   = var.slack.channel_id
  sns_topic_arns     = [aws_sns_topic.channel["chat"].arn]
  logging_level      = "ERROR"

  # Left out, anyone in the channel could do what an administrator can.
  guardrail_policy_arns = ["arn:${local.partition}:iam::aws:policy/CloudWatchReadOnlyAccess"]
}

resource "aws_iam_role" "chat" {
  count = var.slack == null ? 0 : 1

  name               = "${local.name}-chat"
  description        = "Charts beside alarms in Slack"
  assume_role_policy = local.trust["chatbot.amazonaws.com"]
}

resource "aws_iam_role_policy" "chat" {
  count = var.slack == null ? 0 : 1

  name = "access"
  role = aws_iam_role.chat[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "ReadAlarms"
        Effect   = "Allow"
        Action   = ["cloudwatch:DescribeAlarms"]
        Resource = ["arn:${local.partition}:cloudwatch:${var.region}:${local.account_id}:alarm:${local.name}-*"]
      },
      {
        Sid      = "ReadMetrics"
        Effect   = "Allow"
        Action   = ["cloudwatch:GetMetricData", "cloudwatch:GetMetricStatistics", "cloudwatch:ListMetrics"]
        Resource = ["*"] # CloudWatch has no resources for metrics.
      },
    ]
  })
}
