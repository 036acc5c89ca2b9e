"""HTTP: routes, authentication, answers. Litestar is spoken here and nowhere else."""
