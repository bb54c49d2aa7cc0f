resource "aws_iam_role" "job" {
  for_each = local.job_kinds

  name               = "${local.name}-${replace(each.key, "_", "-")}"
  description        = "What ${join(", ", each.value.jobs)} may do"
  assume_role_policy = local.trust["glue.amazonaws.com"]

  lifecycle {
    precondition {
      condition     = contains(keys(local.job_access), each.key)
      error_message = "workflows.json names the script glue_jobs/${each.key}.py, but terraform/iam_access.tf does not say what it may do; add '${each.key}' to local.job_access."
    }
  }
}

resource "aws_iam_role_policy" "job" {
  for_each = local.job_kinds

  name = "access"
  role = aws_iam_role.job[each.key].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for statement in concat(
        [for statement in local.common_statements : statement if statement.Sid != "WriteSparkHistory" || local.keeps_history[each.key]],
        local.key_statements[each.key],
        local.landing_statements[each.key],
        local.search_statements[each.key],
        local.lake_statements[each.key],
        local.ledger_statements[each.key],
        local.glue_statements[each.key],
        local.network_statements[each.key],
      ) : merge({ Effect = "Allow" }, statement)
    ]
  })
}

# COPY from and UNLOAD to the connector's temporary folders.
resource "aws_iam_role" "warehouse" {
  name               = "${local.name}-warehouse"
  description        = "Redshift's COPY and UNLOAD in the jobs' temporary folders"
  assume_role_policy = local.trust["redshift.amazonaws.com"]
}

resource "aws_iam_role_policy" "warehouse" {
  name   = "access"
  role   = aws_iam_role.warehouse.id
  policy = jsonencode({ Version = "2012-10-17", Statement = local.warehouse_statements })
}

# EventBridge starts workflows with it.
resource "aws_iam_role" "events" {
  count = length(local.event_workflows) > 0 ? 1 : 0

  name               = "${local.name}-events"
  description        = "EventBridge tells Glue of new files"
  assume_role_policy = local.trust["events.amazonaws.com"]
}

resource "aws_iam_role_policy" "events" {
  count = length(aws_iam_role.events)

  name = "access"
  role = aws_iam_role.events[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "StartWorkflows"
      Effect   = "Allow"
      Action   = ["glue:notifyEvent"]
      Resource = [for name in sort(keys(local.event_workflows)) : aws_glue_workflow.this[name].arn]
    }]
  })
}

locals {
  # Who may take a role on: the service, for this account only. IfExists: not every call of a service names its account.
  trust = { for service, principals in {
    "glue.amazonaws.com"     = ["glue.amazonaws.com"]
    "redshift.amazonaws.com" = ["redshift.amazonaws.com", "redshift-serverless.amazonaws.com"]
    "events.amazonaws.com"   = ["events.amazonaws.com"]
    "chatbot.amazonaws.com"  = ["chatbot.amazonaws.com"]
    } : service => jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { Service = principals }
        Condition = { StringEqualsIfExists = { "aws:SourceAccount" = local.account_id } }
      }]
  }) }

  warehouse_statements = concat(
    [
      {
        Sid      = "ReadAndWriteTemp"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"]
        Resource = ["${local.arn.lake}/temp/*"]
      },
      {
        Sid       = "ListTemp"
        Effect    = "Allow"
        Action    = ["s3:ListBucket"]
        Resource  = [local.arn.lake]
        Condition = { StringLikeIfExists = { "s3:prefix" = ["temp/*"] } }
      },
      {
        Sid      = "FindBucket"
        Effect   = "Allow"
        Action   = ["s3:GetBucketLocation"]
        Resource = [local.arn.lake]
      },
    ],
    [{
      Sid      = "UseKey"
      Effect   = "Allow"
      Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource = [local.kms_key_arn]
    }],
  )
}
