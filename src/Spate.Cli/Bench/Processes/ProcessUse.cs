namespace Spate.Cli.Bench.Processes;

/// <summary>What a process has used during a measurement.</summary>
/// <param name="Role"><c>broker</c> or <c>client</c>.</param>
/// <param name="Id">The process.</param>
/// <param name="Name">What the kernel calls it.</param>
/// <param name="Processor">Its processor time.</param>
/// <param name="ResidentBytesMax">The most memory that it was seen to have.</param>
internal sealed record ProcessUse(string Role, int Id, string Name, TimeSpan Processor, long ResidentBytesMax)
{
    public const string Broker = "broker";
    public const string Client = "client";
}
