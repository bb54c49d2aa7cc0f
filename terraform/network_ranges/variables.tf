variable "cidr" {
  description = "Range of the VPC."
  type        = string
}

variable "subnet_cidrs" {
  description = "Ranges of its subnets; null cuts three from the VPC's."
  type        = list(string)
  default     = null
}

variable "connected_cidrs" {
  description = "Ranges of networks that are reached by peering or VPN."
  type        = list(string)
  default     = []
}
