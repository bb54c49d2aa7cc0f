output "alerts_topic_arn" {
  description = "SNS topic of all alerts; more subscribers may join it."
  value       = aws_sns_topic.alerts.arn
}

output "dashboard_url" {
  description = "CloudWatch dashboard with books and durations of each workflow."
  value       = "https://${var.region}.console.aws.amazon.com/cloudwatch/home?region=${var.region}#dashboards/dashboard/${local.name}"
}

output "log_groups" {
  description = "CloudWatch log groups of the jobs: their own lines, and Spark's."
  value       = { for kind, group in aws_cloudwatch_log_group.jobs : kind => group.name }
}
