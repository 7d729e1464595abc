namespace figment::lab {}
