"""調閱申請 without an account: a guardian at night with a telephone, a teacher on a bench (journeys A1, A2)."""
