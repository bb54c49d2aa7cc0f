variable "file" {
  description = "The JSON file with the workflows."
  type        = string
}

variable "project_folder" {
  description = "Folder that the paths of the scripts begin at."
  type        = string
}

variable "values" {
  description = "What the placeholders of the file stand for, by name. All must be known at plan: names of resources follow from the file."
  type        = map(string)
}

variable "connections" {
  description = "Names of the connections there are."
  type        = list(string)
}

variable "start" {
  description = "How workflows start, by name, where it differs from the file; as the root module's variable of that name."
  type = map(object({
    type                 = string
    schedule             = optional(string)
    batch_size           = optional(number)
    batch_window_seconds = optional(number)
    enabled              = optional(bool)
  }))
  default = {}
}

variable "job_settings" {
  description = "What differs from the file for some jobs, by name; as the root module's variable of that name."
  type = map(object({
    worker_type       = optional(string)
    number_of_workers = optional(number)
    timeout_minutes   = optional(number)
    max_retries       = optional(number)
  }))
  default = {}
}

variable "flex_kinds" {
  description = "Kinds of jobs (file names of their scripts) that run on spare capacity, in workflows that start at most once a day."
  type        = list(string)
  default     = []
}

variable "schedules_enabled" {
  description = "Whether schedules and events start workflows where `start` does not say."
  type        = bool
  default     = true
}
