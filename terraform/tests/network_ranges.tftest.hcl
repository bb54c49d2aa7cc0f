variables {
  cidr = "10.40.0.0/20"
}

run "three_subnets_are_cut" {
  command = plan
  module {
    source = "./network_ranges"
  }
  assert {
    condition     = join(" ", output.subnet_cidrs) == "10.40.0.0/22 10.40.4.0/22 10.40.8.0/22" && length(output.problems) == 0
    error_message = jsonencode(output.problems)
  }
}

run "neighbours_do_not_overlap" {
  command = plan
  module {
    source = "./network_ranges"
  }
  variables {
    subnet_cidrs    = ["10.40.0.0/24", "10.40.1.0/25", "10.40.1.128/25"]
    connected_cidrs = ["10.40.16.0/20", "10.39.0.0/16", "192.168.0.0/16"]
  }
  assert {
    condition     = length(output.problems) == 0
    error_message = jsonencode(output.problems)
  }
}

run "what_overlaps_is_named" {
  command = plan
  module {
    source = "./network_ranges"
  }
  variables {
    subnet_cidrs    = ["10.40.0.0/24", "10.40.0.128/25", "10.41.0.0/24", "10.40.0.0/16"]
    connected_cidrs = ["10.0.0.0/8", "10.40.15.255/32"]
  }
  assert {
    condition = output.problems == [
      "10.40.0.0/24 and 10.40.0.128/25 overlap",
      "10.40.0.0/24 and 10.40.0.0/16 overlap",
      "10.40.0.128/25 and 10.40.0.0/16 overlap",
      "10.40.0.0/20 and 10.0.0.0/8 overlap",
      "10.40.0.0/20 and 10.40.15.255/32 overlap",
      "the subnet 10.41.0.0/24 is outside 10.40.0.0/20",
      "the subnet 10.40.0.0/16 is outside 10.40.0.0/20",
    ]
    error_message = jsonencode(output.problems)
  }
}

run "what_is_no_range_is_named" {
  command = plan
  module {
    source = "./network_ranges"
  }
  variables {
    cidr         = "10.40.0.0/33"
    subnet_cidrs = ["somewhere", "fd00::/64"]
  }
  assert {
    condition     = output.problems == [for cidr in ["10.40.0.0/33", "somewhere", "fd00::/64"] : "'${cidr}' is no IPv4 range such as 10.40.0.0/20"]
    error_message = jsonencode(output.problems)
  }
}
