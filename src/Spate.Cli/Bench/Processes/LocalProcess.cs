namespace Spate.Cli.Bench.Processes;

/// <summary>A process on this machine.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What the kernel calls it.</param>
internal sealed record LocalProcess(int Id, string Name);
