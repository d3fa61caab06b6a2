using AttentionLab.Studio.Commands;

// The kernel process comes first: what else this program does needs libraries that a kernel must not load.
return KernelCommand.TryRun(args) ?? await CommandLine.RunAsync(args);
