# The statements of each kind of job. Plain values and not aws_iam_policy_document: a data source is mocked in
# `terraform test`, and what a role may do is what the tests of this file are about. ARNs are put together where they
# can be, so that a plan shows the policies.
locals {
  arn = {
    landing = "arn:${local.partition}:s3:::${local.buckets.landing}"
    lake    = "arn:${local.partition}:s3:::${local.buckets.lake}"
    scripts = "arn:${local.partition}:s3:::${local.buckets.scripts}"
    glue    = "arn:${local.partition}:glue:${var.region}:${local.account_id}"
    ledger  = "arn:${local.partition}:dynamodb:${var.region}:${local.account_id}:table/${var.ledger_table}"
    ec2     = "arn:${local.partition}:ec2:${var.region}:${local.account_id}"
    logs    = "arn:${local.partition}:logs:${var.region}:${local.account_id}"
  }

  kms_key_arns = concat([local.kms_key_arn], var.extra_kms_key_arns)

  # What every job needs to start and to be watched.
  common_statements = [
    {
      Sid      = "ReadCode"
      Action   = ["s3:GetObject"]
      Resource = ["${local.arn.scripts}/*"]
    },
    {
      Sid      = "WriteSparkHistory"
      Action   = ["s3:PutObject", "s3:AbortMultipartUpload"]
      Resource = ["${local.arn.lake}/spark-ui/*"]
    },
    {
      Sid    = "WriteLogs"
      Action = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:AssociateKmsKey"]
      # Glue adds the name of the security configuration to that of the group in some versions.
      Resource = ["${local.arn.logs}:log-group:${local.log_group_name}*"]
    },
    {
      Sid    = "PublishMetrics"
      Action = ["cloudwatch:PutMetricData"]
      # CloudWatch has no resources for metrics; the namespaces bound it.
      Resource  = ["*"]
      Condition = { StringEquals = { "cloudwatch:namespace" = ["MusicLoader", "Glue"] } }
    },
  ]

  keeps_history = { for kind, of in local.job_kinds : kind => anytrue([
    for job in of.jobs : lookup(local.jobs[job].arguments, "--enable-spark-ui", "true") == "true"
  ]) }

  # S3 asks for a data key, Glue encrypts bookmarks itself.
  key_statements = { for kind, of in local.job_kinds : kind => [{
    Sid      = "UseKey"
    Action   = concat(["kms:Decrypt", "kms:GenerateDataKey"], of.bookmarked ? ["kms:Encrypt"] : [])
    Resource = local.kms_key_arns
  }] }

  # Of the whole bucket: a job tells of objects outside the datasets' folders; and that a version is gone meanwhile, S3
  # says only to who may list.
  list_landing = {
    Sid      = "ListLanding"
    Action   = ["s3:ListBucket", "s3:ListBucketVersions"]
    Resource = [local.arn.landing]
  }

  landing_statements = { for kind, of in local.job_kinds : kind => [
    for statement in [
      local.list_landing,
      {
        Sid = "TakeFromLanding"
        Action = [
          "s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectTagging", "s3:GetObjectVersionTagging",
          "s3:DeleteObject", "s3:DeleteObjectVersion",
        ]
        Resource = [for dataset in of.datasets : "${local.arn.landing}/${dataset}/*"]
      },
  ] : statement if try(local.job_access[kind].takes_landing, false)] }

  # Who looks for a user in what waits, and deletes what its deliverer withdrew.
  search_statements = { for kind, of in local.job_kinds : kind => [
    for statement in [
      local.list_landing,
      {
        Sid      = "SearchLanding"
        Action   = ["s3:GetObjectVersion", "s3:DeleteObjectVersion"]
        Resource = [for dataset in of.datasets : "${local.arn.landing}/${dataset}/*"]
      },
      {
        Sid       = "ListVersions"
        Action    = ["s3:ListBucketVersions"]
        Resource  = [local.arn.lake]
        Condition = { StringLike = { "s3:prefix" = formatlist("%s*", local.job_prefixes[kind].delete_versions) } }
      },
      {
        Sid      = "ReadVersions"
        Action   = ["s3:GetObjectVersion"]
        Resource = formatlist("${local.arn.lake}/%s*", local.job_prefixes[kind].read_versions)
      },
      {
        Sid      = "DeleteVersions"
        Action   = ["s3:DeleteObjectVersion"]
        Resource = formatlist("${local.arn.lake}/%s*", local.job_prefixes[kind].delete_versions)
      },
      {
        Sid      = "SeeRuns"
        Action   = ["glue:GetJobRuns"]
        Resource = formatlist("${local.arn.glue}:job/%s", sort(keys(local.jobs)))
      },
      {
        Sid    = "SeeJobs"
        Action = ["glue:GetJobs"]
        # Which resource IAM judges this call by is not documented.
        Resource = ["*"]
      },
  ] : statement if try(local.job_access[kind].searches_landing, false)] }

  # Who copies raw files, with the tags that they may have.
  copies = { for kind in keys(local.job_kinds) : kind => try(contains(local.job_access[kind].write, "quarantine/files/"), false) }

  lake_listed = { for kind, prefixes in local.job_prefixes : kind => distinct(concat(
    [for prefix in concat(prefixes.list, prefixes.spark_read, prefixes.spark_write) : "${prefix}*"],
    [for folder in local.job_folders[kind] : "${folder}/"],
  )) }
  lake_read = { for kind, prefixes in local.job_prefixes : kind => distinct(concat(
    [for prefix in concat(prefixes.read, prefixes.spark_read, prefixes.spark_write) : "${prefix}*"],
    local.job_folders[kind],
  )) }
  lake_written = { for kind, prefixes in local.job_prefixes : kind => distinct([
    for prefix in concat(prefixes.write, prefixes.spark_write) : "${prefix}*"
  ]) }
  lake_deleted = { for kind, prefixes in local.job_prefixes : kind => distinct([
    for prefix in concat(prefixes.delete, prefixes.spark_write) : "${prefix}*"
  ]) }

  lake_statements = { for kind, of in local.job_kinds : kind => [
    for statement in [
      {
        # IfExists: asked for an object that is not there, S3 says so only to who may list, and names no prefix then.
        Sid       = "ListLake"
        Action    = ["s3:ListBucket"]
        Resource  = length(local.lake_listed[kind]) > 0 ? [local.arn.lake] : []
        Condition = { StringLikeIfExists = { "s3:prefix" = local.lake_listed[kind] } }
      },
      {
        Sid      = "ReadLake"
        Action   = concat(["s3:GetObject"], local.copies[kind] ? ["s3:GetObjectTagging"] : [])
        Resource = formatlist("${local.arn.lake}/%s", local.lake_read[kind])
      },
      {
        Sid      = "WriteLake"
        Action   = concat(["s3:PutObject", "s3:AbortMultipartUpload"], local.copies[kind] ? ["s3:PutObjectTagging"] : [])
        Resource = formatlist("${local.arn.lake}/%s", local.lake_written[kind])
      },
      {
        Sid      = "DeleteInLake"
        Action   = ["s3:DeleteObject"]
        Resource = formatlist("${local.arn.lake}/%s", local.lake_deleted[kind])
      },
    ] : statement if length(statement.Resource) > 0
  ] }

  ledger_statements = { for kind, of in local.job_kinds : kind => [for statement in [{
    Sid      = "KeepLedger"
    Action   = try(local.job_access[kind].ledger, [])
    Resource = [local.arn.ledger, "${local.arn.ledger}/index/open_files"]
  }] : statement if length(statement.Action) > 0] }

  glue_statements = { for kind, of in local.job_kinds : kind => concat(
    [{
      Sid      = "ReadRunProperties"
      Action   = ["glue:GetWorkflowRunProperties"]
      Resource = formatlist("${local.arn.glue}:workflow/%s", of.workflows)
    }],
    [for statement in [{
      Sid    = "KeepBookmarks"
      Action = ["glue:GetJobBookmark", "glue:UpdateJobBookmark"]
      # IAM judges bookmarks without a resource: an Allow on job/<name> never matches.
      Resource = ["*"]
    }] : statement if of.bookmarked],
    [for statement in [
      {
        Sid    = "OpenConnections"
        Action = ["glue:GetConnection"]
        Resource = concat(
          ["${local.arn.glue}:catalog"],
          [for name in of.connections : "${local.arn.glue}:connection/${local.connection_names[name]}"],
        )
      },
      {
        Sid      = "ReadSecrets"
        Action   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
        Resource = [for name in of.connections : local.secret_arns[name]]
      },
    ] : statement if length(of.connections) > 0],
  ) }

  # Glue puts a job with connections into their subnet with these calls, made with the job's role.
  network_statements = { for kind, of in local.job_kinds : kind => [for statement in [
    {
      Sid = "LookAtNetwork"
      Action = [
        "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups", "ec2:DescribeVpcEndpoints", "ec2:DescribeRouteTables",
        "ec2:DescribeVpcAttribute", "ec2:DescribeNetworkInterfaces",
      ]
      # EC2 knows no resources for Describe calls.
      Resource = ["*"]
    },
    {
      Sid    = "CreateNetworkInterfaces"
      Action = ["ec2:CreateNetworkInterface"]
      Resource = concat(
        ["${local.arn.ec2}:network-interface/*"], # it is not there yet, so it has no name to give
        [for id in compact([local.network.job_subnet_id]) : "${local.arn.ec2}:subnet/${id}"],
        [for id in concat(aws_security_group.job[*].id, var.network.security_group_ids) : "${local.arn.ec2}:security-group/${id}"],
      )
    },
    {
      Sid       = "TagNetworkInterfaces"
      Action    = ["ec2:CreateTags", "ec2:DeleteTags"]
      Resource  = ["${local.arn.ec2}:network-interface/*"]
      Condition = { "ForAllValues:StringEquals" = { "aws:TagKeys" = ["aws-glue-service-resource"] } }
    },
    {
      Sid      = "DeleteNetworkInterfaces"
      Action   = ["ec2:DeleteNetworkInterface"]
      Resource = ["${local.arn.ec2}:network-interface/*"] # Glue names them when it makes them
    },
  ] : statement if local.has_vpc && length(of.connections) > 0] }
}
