variable "alert_emails" {
  description = "Addresses that get alerts by e-mail; each must confirm the subscription it is sent."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for address in var.alert_emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", address))])
    error_message = "alert_emails has ${join(", ", [for address in var.alert_emails : "'${address}'" if !can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", address))])}; it takes e-mail addresses."
  }
}

variable "slack" {
  description = "Slack channel that gets alerts, by Amazon Q Developer in chat applications; the workspace must have been authorised there by hand once. null: none."
  type = object({
    workspace_id = string
    channel_id   = string
  })
  default = null

  validation {
    condition     = var.slack == null || can(regex("^[A-Z0-9]{6,}$", var.slack.workspace_id)) && can(regex("^[A-Z0-9]{6,}$", var.slack.channel_id))
    error_message = "slack is ${try("'${var.slack.workspace_id}' and '${var.slack.channel_id}'", "null")}; it takes Slack's identifiers, such as T0123ABCDEF and C0123ABCDEF, not names."
  }
}

variable "pagerduty_endpoint" {
  description = "Integration URL of a PagerDuty service (Amazon CloudWatch integration), which the alarms call; null: none. It holds a key: give it by TF_VAR_pagerduty_endpoint."
  type        = string
  default     = null
  sensitive   = true

  validation {
    condition     = var.pagerduty_endpoint == null || can(regex("^https://[^/\\s]+/\\S+$", var.pagerduty_endpoint))
    error_message = "pagerduty_endpoint takes the https:// URL of the integration."
  }
}

variable "stale_after_hours" {
  description = "Hours without a publish of a workflow's facts after which its alarm says that the warehouse is stale, by workflow; 26 for others: a day and some patience."
  type        = map(number)
  default     = { sparkify = 3 }

  validation {
    # CloudWatch looks back seven days at most.
    condition     = alltrue([for hours in var.stale_after_hours : hours >= 1 && hours <= 168 && floor(hours) == hours])
    error_message = "stale_after_hours has ${join(", ", [for workflow, hours in var.stale_after_hours : "${workflow} = ${hours}" if !(hours >= 1 && hours <= 168 && floor(hours) == hours)])}; it takes whole hours from 1 to 168."
  }
}

variable "late_after_minutes" {
  description = "Minutes after which a job is too slow, by job; half its timeout for others."
  type        = map(number)
  default     = {}

  validation {
    condition     = alltrue([for minutes in var.late_after_minutes : minutes >= 1 && floor(minutes) == minutes])
    error_message = "late_after_minutes has ${join(", ", [for job, minutes in var.late_after_minutes : "${job} = ${minutes}" if !(minutes >= 1 && floor(minutes) == minutes)])}; it takes whole minutes from 1."
  }
}

variable "rejected_share" {
  description = "Share of a run's rows, 0 to 1, that may go to quarantine before an alarm says so."
  type        = number
  default     = 0.05

  validation {
    condition     = var.rejected_share >= 0 && var.rejected_share < 1
    error_message = "rejected_share is ${var.rejected_share}; it takes a number from 0 to below 1."
  }
}

variable "log_retention_days" {
  description = "Days for which CloudWatch keeps the jobs' logs; one of the numbers it knows."
  type        = number
  default     = 365

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is ${var.log_retention_days}; CloudWatch knows 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731 and some longer."
  }
}

variable "keep_undelivered" {
  description = "Whether events that could not be delivered go to a queue, with an alarm; off only on the local endpoint, where making one takes half a minute."
  type        = bool
  default     = true
}

variable "extra_kms_key_arns" {
  description = "Keys of existing secrets or buckets that are not encrypted with this environment's key; the jobs may use them."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.extra_kms_key_arns : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", arn))])
    error_message = "extra_kms_key_arns has ${join(", ", [for arn in var.extra_kms_key_arns : "'${arn}'" if !can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", arn))])}; it takes arn:aws:kms:<region>:<account>:key/<id>."
  }
}
