# What each kind of job may do, read from the policies themselves.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  environment  = "test"
  build_folder = "tests/fixtures/package"
  bucket_names = { landing = "the-landing", lake = "the-lake", scripts = "the-scripts" }
}

run "roles_have_what_the_code_of_their_jobs_does" {
  assert {
    condition     = toset(keys(aws_iam_role.job)) == toset([for job in local.jobs : job.kind])
    error_message = "There is not one role a kind of job: ${join(", ", keys(aws_iam_role.job))}."
  }
  assert {
    condition = alltrue(flatten([for policy in aws_iam_role_policy.job : [
      for statement in jsondecode(policy.policy).Statement : [for action in statement.Action : !strcontains(action, "*")]
    ]]))
    error_message = "A job's policy allows a star of actions."
  }
  assert {
    condition = toset(flatten([for policy in aws_iam_role_policy.job : [
      for statement in jsondecode(policy.policy).Statement : statement.Sid if contains(statement.Resource, "*")
    ]])) == toset(["PublishMetrics", "LookAtNetwork", "KeepBookmarks", "SeeJobs"])
    error_message = "Only what AWS has no resources for may be allowed on all of them."
  }
  assert {
    condition = alltrue(flatten([for policy in aws_iam_role_policy.job : [
      for statement in jsondecode(policy.policy).Statement : !contains(statement.Resource, "arn:aws:s3:::the-lake/*")
    ]]))
    error_message = "A job may use the whole lake."
  }
  assert {
    condition = [for kind, policy in aws_iam_role_policy.job : kind if strcontains(policy.policy, "the-landing")] == ["erase_user", "validate_files"]
    # The deliverers' bucket is emptied by one job only; another deletes what they withdrew.
    error_message = "Other jobs than validate_files and erase_user may use the landing bucket."
  }
  assert {
    condition = {
      for statement in jsondecode(aws_iam_role_policy.job["validate_files"].policy).Statement : statement.Sid => statement.Resource
      if contains(["TakeFromLanding", "WriteLake", "DeleteInLake"], statement.Sid)
      } == {
      TakeFromLanding = [for dataset in sort(local.datasets) : "arn:aws:s3:::the-landing/${dataset}/*"]
      WriteLake = concat(
        [for dataset in sort(local.datasets) : "arn:aws:s3:::the-lake/archive/${dataset}/*"],
        [for dataset in sort(local.datasets) : "arn:aws:s3:::the-lake/manifests/${dataset}/*"],
        ["arn:aws:s3:::the-lake/quarantine/files/*", "arn:aws:s3:::the-lake/logs/errors/*"],
      )
      DeleteInLake = flatten([
        for folder in ["accepted", "archive"] : [for dataset in sort(local.datasets) : "arn:aws:s3:::the-lake/${folder}/${dataset}/*"]
      ])
    }
    error_message = "validate_files may use other folders: ${aws_iam_role_policy.job["validate_files"].policy}"
  }
  assert {
    condition     = [for kind, policy in aws_iam_role_policy.job : kind if strcontains(policy.policy, "the-lake/accepted")] == ["erase_user", "validate_files"]
    error_message = "What version 0.1 left in accepted/ is taken over by validate_files alone."
  }
  assert {
    condition = alltrue([for kind in ["load_metadata", "load_streams", "load_sparkify"] : contains(flatten([
      for statement in jsondecode(aws_iam_role_policy.job[kind].policy).Statement : statement.Resource if statement.Sid == "WriteLake"
    ]), "arn:aws:s3:::the-lake/quarantine/files/*")])
    error_message = "A load cannot put a file aside that it rejects as a whole."
  }
  assert {
    # Of all datasets: whichever workflow ends, it sweeps what dead runs of both left.
    condition = length(setsubtract([for dataset in local.datasets : "arn:aws:s3:::the-lake/quarantine/${dataset}/*"], flatten([
      for statement in jsondecode(aws_iam_role_policy.job["clean_up"].policy).Statement : statement.Resource if statement.Sid == "DeleteInLake"
    ]))) == 0
    error_message = "clean_up cannot sweep the quarantine of a dataset: ${aws_iam_role_policy.job["clean_up"].policy}"
  }
  assert {
    condition = length(setintersection(["OpenConnections", "ReadSecrets", "KeepBookmarks", "LookAtNetwork", "CreateNetworkInterfaces"], [
      for statement in jsondecode(aws_iam_role_policy.job["validate_files"].policy).Statement : statement.Sid
    ])) == 0
    error_message = "validate_files has neither connections nor bookmarks, so it needs no rights for them."
  }
  assert {
    condition = {
      for statement in jsondecode(aws_iam_role_policy.job["load_streams"].policy).Statement : statement.Sid => statement.Resource
      if contains(["WriteLake", "ReadSecrets", "KeepBookmarks", "OpenConnections"], statement.Sid)
      } == {
      WriteLake = [
        for prefix in ["quarantine/files", "logs/errors", "quarantine/replayed/streams", "temp/load_streams", "temp/partitionlisting/load_streams", "quarantine/streams"] :
        "arn:aws:s3:::the-lake/${prefix}/*"
      ]
      ReadSecrets     = ["arn:aws:secretsmanager:us-east-1:123456789012:secret:redshift"]
      KeepBookmarks   = ["*"]
      OpenConnections = ["arn:aws:glue:us-east-1:123456789012:catalog", "arn:aws:glue:us-east-1:123456789012:connection/music-test-redshift"]
    }
    error_message = "load_streams may use something else: ${aws_iam_role_policy.job["load_streams"].policy}"
  }
  assert {
    condition = [
      for statement in jsondecode(aws_iam_role_policy.job["load_metadata"].policy).Statement : statement.Resource if statement.Sid == "ReadSecrets"
    ] == [["arn:aws:secretsmanager:us-east-1:123456789012:secret:rds"]]
    error_message = "load_metadata needs the password of RDS, and no other."
  }
  assert {
    condition     = !strcontains(aws_iam_role_policy.job["load_catalog"].policy, "dynamodb:") && !strcontains(aws_iam_role_policy.job["load_catalog"].policy, "archive")
    error_message = "load_catalog reads no files, so it needs neither the ledger nor the archive."
  }
  assert {
    condition     = [for kind, policy in aws_iam_role_policy.job : kind if strcontains(policy.policy, "dynamodb:Scan") && !contains(["load_streams", "load_sparkify", "erase_user"], kind)] == []
    error_message = "Only backfills and erasures look through the whole ledger."
  }
  assert {
    # S3A asks for a folder and for those above it, without a slash and with one.
    condition = alltrue([
      for wanted in ["arn:aws:s3:::the-lake/temp", "arn:aws:s3:::the-lake/temp/load_catalog"] : contains(flatten([
        for statement in jsondecode(aws_iam_role_policy.job["load_catalog"].policy).Statement : statement.Resource if statement.Sid == "ReadLake"
      ]), wanted)
      ]) && jsondecode(aws_iam_role_policy.job["load_catalog"].policy).Statement[5].Condition == {
      StringLikeIfExists = { "s3:prefix" = ["temp/load_catalog/*", "temp/", "temp/load_catalog/"] }
    }
    error_message = "Spark cannot look at the folders above its own: ${aws_iam_role_policy.job["load_catalog"].policy}"
  }
  assert {
    condition     = [for kind, policy in aws_iam_role_policy.job : kind if strcontains(replace(policy.policy, "the-landing/", ""), "s3:DeleteObjectVersion\"],\"Effect\":\"Allow\",\"Resource\":[\"arn:aws:s3:::the-lake")] == ["erase_user"]
    error_message = "Only an erasure deletes old versions in the lake."
  }
  assert {
    condition     = alltrue([for policy in aws_iam_role_policy.job : length(policy.policy) < 10240])
    error_message = "A role's policies have more than the 10,240 characters that IAM takes."
  }
  assert {
    condition     = toset(flatten([for statement in local.warehouse_statements : statement.Resource])) == toset(["arn:aws:s3:::the-lake", "arn:aws:s3:::the-lake/temp/*", local.kms_key_arn])
    error_message = "The warehouse needs the temporary folders, nothing else."
  }
  assert {
    condition     = jsondecode(aws_iam_role.warehouse.assume_role_policy).Statement[0].Principal.Service == ["redshift.amazonaws.com", "redshift-serverless.amazonaws.com"]
    error_message = "Redshift, provisioned or serverless, takes the warehouse's role on."
  }
  assert {
    condition = alltrue([for role in concat(values(aws_iam_role.job), [aws_iam_role.warehouse]) :
    jsondecode(role.assume_role_policy).Statement[0].Condition == { StringEqualsIfExists = { "aws:SourceAccount" = "123456789012" } }])
    error_message = "A role can be taken on for another account, or cannot by a service that does not name its account."
  }
  assert {
    condition = {
      for statement in data.aws_iam_policy_document.key.statement : statement.sid => try(one(statement.condition).variable, "none") if statement.sid != "Account"
    } == { Logs = "kms:EncryptionContext:aws:logs:arn", Events = "none", CloudWatch = "aws:SourceAccount" }
    error_message = "EventBridge cannot meet a condition on a topic's key: its alerts would be dropped."
  }
  assert {
    condition     = length(aws_iam_role.events) == 0
    error_message = "No workflow starts by events, so EventBridge needs no role."
  }
}

run "jobs_outside_a_vpc_get_no_rights_in_networks" {
  command = plan
  variables {
    network  = { mode = "existing" }
    rds      = { mode = "existing", jdbc_url = "jdbc:postgresql://db:5432/music" }
    redshift = { mode = "existing", jdbc_url = "jdbc:redshift://wh:5439/warehouse" }
  }
  assert {
    condition     = alltrue([for statements in local.network_statements : length(statements) == 0])
    error_message = "Jobs outside a VPC make no network interfaces."
  }
}

run "a_script_without_access_is_refused" {
  command = plan
  variables {
    workflows_file = "tests/fixtures/new_script.json"
  }
  expect_failures = [aws_iam_role.job]
}
