locals {
  # Services that encrypt or read with the key on their own behalf, and the actions that takes.
  key_users = {
    Logs = {
      principal = "logs.${var.region}.amazonaws.com"
      actions   = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
      condition = {
        test     = "ArnLike"
        variable = "kms:EncryptionContext:aws:logs:arn"
        value    = "arn:${local.partition}:logs:${var.region}:${local.account_id}:log-group:*"
      }
    }
    # EventBridge names neither its account nor its rule to the key of a topic: with a condition, AWS drops its messages.
    Events = {
      principal = "events.amazonaws.com"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
      condition = null
    }
    CloudWatch = {
      principal = "cloudwatch.amazonaws.com"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
      condition = { test = "StringEquals", variable = "aws:SourceAccount", value = local.account_id }
    }
  }
}

data "aws_iam_policy_document" "key" {
  # checkov:skip=CKV_AWS_109:the statement of a key's own account; without it nobody could ever change the key again
  # checkov:skip=CKV_AWS_111:as above; resource "*" in a key policy is this key
  # checkov:skip=CKV_AWS_356:as above

  statement {
    sid       = "Account"
    actions   = ["kms:*"]
    resources = ["*"] # In a key policy: this key.

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account_id}:root"]
    }
  }

  dynamic "statement" {
    for_each = local.key_users

    content {
      sid       = statement.key
      actions   = statement.value.actions
      resources = ["*"] # In a key policy: this key.

      principals {
        type        = "Service"
        identifiers = [statement.value.principal]
      }
      dynamic "condition" {
        for_each = statement.value.condition[*]

        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = [condition.value.value]
        }
      }
    }
  }
}

resource "aws_kms_key" "this" {
  count = var.kms_key_arn == null ? 1 : 0

  description             = "Everything of ${local.name}: buckets, ledger, secrets, databases, logs, bookmarks"
  enable_key_rotation     = true
  deletion_window_in_days = var.force_destroy ? 7 : 30
  policy                  = data.aws_iam_policy_document.key.json
}

resource "aws_kms_alias" "this" {
  count = var.kms_key_arn == null ? 1 : 0

  name          = "alias/${local.name}"
  target_key_id = aws_kms_key.this[0].key_id
}
