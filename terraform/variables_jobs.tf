variable "workflows_file" {
  description = "The file that defines workflows, jobs and triggers; a relative path begins at this folder."
  type        = string
  default     = "../glue_jobs/workflows.json"

  validation {
    condition     = fileexists(startswith(var.workflows_file, "/") ? var.workflows_file : "${path.module}/${var.workflows_file}")
    error_message = "workflows_file is '${var.workflows_file}', which is not there."
  }
}

variable "glue_version" {
  description = "The version of Glue for all jobs: 5.0, 5.1 or 6.0; null takes what workflows.json says."
  type        = string
  default     = null

  validation {
    condition     = var.glue_version == null || contains(["5.0", "5.1", "6.0"], coalesce(var.glue_version, "none"))
    error_message = "glue_version is '${coalesce(var.glue_version, "none")}'; the jobs run on 5.0, 5.1 and 6.0."
  }
}

variable "build_folder" {
  description = "Where `make package` wrote the library archive and the wheels; a relative path begins at this folder."
  type        = string
  default     = "../build"
}

variable "start" {
  description = <<-EOT
    How workflows start, by name, where it differs from workflows.json: type schedule (with schedule, in UTC), event (new objects in the landing bucket; batch_size
    of them, or what came within batch_window_seconds of the first) or on_demand (only by hand or from outside). enabled = false stops a schedule or event.
  EOT
  type = map(object({
    type                 = string
    schedule             = optional(string)
    batch_size           = optional(number)
    batch_window_seconds = optional(number)
    enabled              = optional(bool)
  }))
  default = {}

  validation {
    condition     = alltrue([for start in var.start : contains(["schedule", "event", "on_demand"], start.type)])
    error_message = "start has ${join(", ", [for name, start in var.start : "${name}.type = '${start.type}'" if !contains(["schedule", "event", "on_demand"], start.type)])}; it takes schedule, event or on_demand."
  }

  validation {
    condition     = alltrue([for start in var.start : start.schedule == null || start.type == "schedule"])
    error_message = "start has a schedule for ${join(", ", [for name, start in var.start : "${name} of type ${start.type}" if start.schedule != null && start.type != "schedule"])}; only type schedule takes one."
  }

  validation {
    condition     = alltrue([for start in var.start : coalesce(start.batch_size, 1) >= 1 && coalesce(start.batch_size, 1) <= 100])
    error_message = "start has ${join(", ", [for name, start in var.start : "${name}.batch_size = ${coalesce(start.batch_size, 1)}" if !(coalesce(start.batch_size, 1) >= 1 && coalesce(start.batch_size, 1) <= 100)])}; it takes 1 to 100."
  }

  validation {
    condition     = alltrue([for start in var.start : coalesce(start.batch_window_seconds, 1) >= 1 && coalesce(start.batch_window_seconds, 1) <= 900])
    error_message = "start has ${join(", ", [for name, start in var.start : "${name}.batch_window_seconds = ${coalesce(start.batch_window_seconds, 1)}" if !(coalesce(start.batch_window_seconds, 1) >= 1 && coalesce(start.batch_window_seconds, 1) <= 900)])}; it takes 1 to 900."
  }
}

variable "schedules_enabled" {
  description = "Whether schedules and events start workflows where `start` does not say; else only people and programs do."
  type        = bool
  default     = true
}

variable "job_settings" {
  description = "What differs from workflows.json for some jobs, by name: worker type, greatest number of workers (auto scaling takes fewer), timeout, retries."
  type = map(object({
    worker_type       = optional(string)
    number_of_workers = optional(number)
    timeout_minutes   = optional(number)
    max_retries       = optional(number)
  }))
  default = {}
}

variable "flex_kinds" {
  description = "Kinds of jobs (names of scripts) that nobody waits for: in workflows that a schedule starts at most once a day they run on spare capacity (FLEX), a third cheaper, and may start 20 minutes later."
  type        = list(string)
  default     = ["clean_up", "check_quality"]

  validation {
    condition     = alltrue([for kind in var.flex_kinds : fileexists("${path.module}/../glue_jobs/${kind}.py")])
    error_message = "flex_kinds has ${join(", ", [for kind in var.flex_kinds : "'${kind}'" if !fileexists("${path.module}/../glue_jobs/${kind}.py")])}; a kind is the name of a script in glue_jobs, without .py."
  }
}

variable "reader_group" {
  description = "Redshift group that may read the published tables; it must exist. none grants nothing."
  type        = string
  default     = "none"

  validation {
    condition     = can(regex("^[a-z_][a-z0-9_]{0,126}$", var.reader_group))
    error_message = "reader_group is '${var.reader_group}'; it takes the name of a Redshift group or none."
  }
}
