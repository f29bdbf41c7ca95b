using BenchmarkDotNet.Running;

// Every public class of this assembly that has [Benchmark] methods is offered; --filter picks among them by name.
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
