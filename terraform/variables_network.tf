variable "network" {
  description = <<-EOT
    Where connections lead through. mode create makes a VPC without a way to the internet: cidr, subnet_cidrs (three, in three zones; by default cut from cidr),
    connected_cidrs (networks reached by peering or VPN, which must not overlap). mode existing takes vpc_id, subnet_ids (the first is the jobs'; databases that are
    made here need three in three zones), availability_zone (that of the first), security_group_ids (for jobs, beside the one made here); it needs endpoints as
    network.tf makes them. Without vpc_id jobs run outside any VPC.
  EOT
  type = object({
    mode               = string
    cidr               = optional(string, "10.40.0.0/20")
    subnet_cidrs       = optional(list(string))
    connected_cidrs    = optional(list(string), [])
    vpc_id             = optional(string)
    subnet_ids         = optional(list(string), [])
    availability_zone  = optional(string)
    security_group_ids = optional(list(string), [])
  })
  default = { mode = "create" }

  validation {
    condition     = contains(["create", "existing"], var.network.mode)
    error_message = "network.mode is '${var.network.mode}'; it takes create or existing."
  }

  validation {
    condition     = var.network.subnet_cidrs == null || length(coalesce(var.network.subnet_cidrs, [])) >= 3
    error_message = "network.subnet_cidrs is ${jsonencode(var.network.subnet_cidrs)}; Redshift Serverless needs three subnets in three zones."
  }

  validation {
    condition     = var.network.mode == "create" || (var.network.vpc_id == null) == (length(var.network.subnet_ids) == 0) && (var.network.vpc_id == null) == (var.network.availability_zone == null)
    error_message = "network has vpc_id '${coalesce(var.network.vpc_id, "null")}', subnet_ids ${jsonencode(var.network.subnet_ids)} and availability_zone '${coalesce(var.network.availability_zone, "null")}'; give all three or none."
  }
}
