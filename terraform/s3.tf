resource "aws_s3_bucket" "this" {
  for_each = local.buckets
  # checkov:skip=CKV_AWS_18:who read what is CloudTrail's to record, for all of an account's buckets; access logs would be a fourth bucket
  # checkov:skip=CKV2_AWS_62:events are sent where a workflow starts by them
  # checkov:skip=CKV_AWS_144:everything in the lake and the warehouse can be loaded again; a copy in another region doubles the cost

  bucket        = each.value
  force_destroy = var.force_destroy
}

resource "aws_s3_bucket_versioning" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  rule {
    # One data key for many objects instead of a call of KMS for each.
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = local.kms_key_arn
    }
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each = aws_s3_bucket.this

  bucket                  = each.value.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

data "aws_iam_policy_document" "tls_only" {
  for_each = local.buckets

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = ["arn:${local.partition}:s3:::${each.value}", "arn:${local.partition}:s3:::${each.value}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id
  policy = data.aws_iam_policy_document.tls_only[each.key].json

  # S3 refuses two changes of a bucket's access at once.
  depends_on = [aws_s3_bucket_public_access_block.this, aws_s3_bucket_ownership_controls.this]
}

locals {
  # By bucket and prefix: days after which objects expire, or move to Glacier Instant Retrieval.
  lifecycle_rules = {
    landing = []
    scripts = []
    lake = [
      # Jobs delete most of it themselves, which leaves versions that nobody needs.
      { prefix = "temp/", expire_days = var.retention.temporary_days, old_version_days = 1, glacier_days = null },
      { prefix = "spark-ui/", expire_days = var.retention.spark_ui_days, old_version_days = null, glacier_days = null },
      { prefix = "logs/", expire_days = var.retention.log_days, old_version_days = null, glacier_days = null },
      { prefix = "errors/", expire_days = var.retention.log_days, old_version_days = null, glacier_days = null },
      { prefix = "reports/", expire_days = var.retention.log_days, old_version_days = null, glacier_days = null },
      { prefix = "quarantine/", expire_days = var.retention.quarantine_days, old_version_days = null, glacier_days = null },
      { prefix = "archive/", expire_days = null, old_version_days = null, glacier_days = var.retention.archive_glacier_days },
    ]
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  for_each = var.lifecycle_rules ? local.buckets : {}

  bucket = aws_s3_bucket.this[each.key].id

  rule {
    id     = "old-versions"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
    noncurrent_version_expiration {
      noncurrent_days = var.retention.old_version_days
    }
    expiration {
      expired_object_delete_marker = true
    }
  }

  dynamic "rule" {
    for_each = [for rule in local.lifecycle_rules[each.key] : rule if rule.expire_days != null || rule.glacier_days != null]

    content {
      id     = trimsuffix(rule.value.prefix, "/")
      status = "Enabled"

      filter {
        prefix = rule.value.prefix
      }

      dynamic "expiration" {
        for_each = rule.value.expire_days == null ? [] : [rule.value.expire_days]

        content {
          days = expiration.value
        }
      }

      dynamic "noncurrent_version_expiration" {
        for_each = rule.value.old_version_days[*]

        content {
          noncurrent_days = noncurrent_version_expiration.value
        }
      }

      dynamic "transition" {
        for_each = rule.value.glacier_days == null ? [] : [rule.value.glacier_days]

        content {
          days          = transition.value
          storage_class = "GLACIER_IR"
        }
      }
    }
  }

  depends_on = [aws_s3_bucket_versioning.this]
}
