namespace Spate.Cli.Bench.Load;

/// <summary>Records were delivered and never handed out. The message says how many.</summary>
internal sealed class RecordsLostException(string message) : Exception(message);
