namespace Spate.Cli.Producing;

/// <summary>Where the records come from that are sent.</summary>
internal interface IRecordSource
{
    /// <summary>The records in their order.</summary>
    /// <exception cref="Spate.Cli.Running.CommandException">Something is no record; the message says where.</exception>
    IAsyncEnumerable<RecordDraft> ReadAsync(CancellationToken cancellation);
}
