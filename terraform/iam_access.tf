# What each kind of job needs, read from its code: a role has this and nothing else.
#
# Prefixes lie in the lake bucket; <dataset> stands for each dataset, <job> for each job of the kind.
#   list, read, write, delete   by boto3
#   read_versions, delete_versions   by boto3, of objects that were replaced or deleted
#   spark_read, spark_write     by Spark, which also looks at the folders above
locals {
  ledger_load = ["dynamodb:Query", "dynamodb:BatchGetItem", "dynamodb:BatchWriteItem"]

  # A job that loads files: reads what manifests name, and sets aside what it rejects, rows and whole files.
  loader_access = {
    list        = ["archive/<dataset>/"]
    read        = ["archive/<dataset>/"]
    write       = ["quarantine/files/", "logs/errors/"]
    delete      = ["archive/<dataset>/"]
    spark_read  = ["manifests/<dataset>/", "archive/<dataset>/"]
    spark_write = ["temp/<job>/", "temp/partitionlisting/<job>/", "quarantine/<dataset>/"] # Glue lists what a bookmark has yet to read
    ledger      = local.ledger_load
  }
  # A loader of facts also replays rows of the quarantine, which leave it then.
  fact_loader_access = merge(local.loader_access, {
    list   = concat(local.loader_access.list, ["quarantine/replayed/<dataset>/"])
    read   = concat(local.loader_access.read, ["quarantine/replayed/<dataset>/"])
    write  = concat(local.loader_access.write, ["quarantine/replayed/<dataset>/"])
    delete = concat(local.loader_access.delete, ["quarantine/replayed/<dataset>/"])
    ledger = concat(local.ledger_load, ["dynamodb:Scan"]) # a backfill looks for the files of its days
  })

  job_access = {
    validate_files = {
      takes_landing = true
      list          = ["archive/<dataset>/"]
      read          = ["accepted/<dataset>/", "archive/<dataset>/"] # accepted/ is what version 0.1 left
      write         = ["archive/<dataset>/", "manifests/<dataset>/", "quarantine/files/", "logs/errors/"]
      delete        = ["accepted/<dataset>/", "archive/<dataset>/"]
      ledger        = local.ledger_load
    }
    load_metadata = local.loader_access
    load_catalog = {
      spark_write = ["temp/<job>/"]
    }
    load_streams  = local.fact_loader_access
    load_sparkify = local.fact_loader_access
    check_quality = {
      write       = ["reports/", "logs/errors/"]
      spark_write = ["temp/<job>/"]
    }
    # Looks everywhere for a user, also in what waits and in old versions; takes lines out of files.
    erase_user = {
      searches_landing = true
      list             = ["archive/<dataset>/", "quarantine/", "temp/", "logs/errors/", "erasures/"]
      read             = ["archive/<dataset>/", "quarantine/", "temp/", "logs/errors/", "erasures/"]
      write            = ["archive/<dataset>/", "quarantine/<dataset>/", "quarantine/replayed/<dataset>/", "logs/errors/", "erasures/"]
      delete           = ["quarantine/", "temp/"]
      read_versions    = ["archive/<dataset>/", "accepted/<dataset>/", "quarantine/files/"]
      delete_versions  = ["archive/<dataset>/", "accepted/<dataset>/", "quarantine/", "temp/", "logs/errors/", "erasures/"]
      spark_read       = ["archive/<dataset>/"]
      spark_write      = ["temp/<job>/"]
      ledger           = ["dynamodb:Scan", "dynamodb:BatchWriteItem"]
    }
    # Sweeps what dead runs of any job left, whichever workflow it ends.
    clean_up = {
      list        = ["temp/", "quarantine/<dataset>/"]
      read        = ["temp/"]
      delete      = ["temp/", "quarantine/<dataset>/"]
      spark_write = ["temp/<job>/"]
    }
  }

  job_kinds = { for kind in toset([for job in local.jobs : job.kind]) : kind => {
    jobs        = sort([for name, job in local.jobs : name if job.kind == kind])
    datasets    = sort(distinct(flatten([for job in local.jobs : job.datasets if job.kind == kind])))
    workflows   = sort(distinct([for job in local.jobs : job.workflow if job.kind == kind]))
    bookmarked  = anytrue([for job in local.jobs : job.kind == kind && job.bookmark != "disable"])
    connections = [for key, name in local.connection_names : key if contains(flatten([for job in local.jobs : job.connections if job.kind == kind]), name)]
  } }

  # The same prefixes with the names filled in: kind -> operation -> prefixes.
  job_prefixes = { for kind, of in local.job_kinds : kind => {
    for operation in ["list", "read", "write", "delete", "read_versions", "delete_versions", "spark_read", "spark_write"] : operation => distinct(flatten([
      for prefix in try(local.job_access[kind][operation], []) :
      [for dataset in coalescelist(of.datasets, ["none"]) : [for job in of.jobs : replace(replace(prefix, "<dataset>", dataset), "<job>", job)]]
    ]))
  } }

  # Of "temp/load_streams/": "temp" and "temp/load_streams", which S3A asks for before it lists or makes a folder.
  job_folders = { for kind, prefixes in local.job_prefixes : kind => distinct(flatten([
    for prefix in concat(prefixes.spark_read, prefixes.spark_write) : [
      for depth in range(1, length(split("/", prefix))) : join("/", slice(split("/", prefix), 0, depth))
    ]
  ])) }
}
