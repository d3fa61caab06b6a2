using AttentionLab.Benchmarks;

return Commands.Run(args);
