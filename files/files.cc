namespace figment::files {}
