using Spate.Cli.Grammar;
using Spate.Cli.Running;

return await CommandLine.RunAsync(args, Surroundings.OfProcess());
