using Spate.Protocol.Messages;

namespace Spate.Coordination.Shares.State;

/// <summary>
/// Whoever keeps what became of the records of share partitions (KIP-932), wherever its shards are: share groups begin and end share partitions here, and leaders of
/// data partitions read and write them. Each request may name share partitions of several shards; each of them is answered for itself, with an error code of the
/// protocol where it went wrong. Safe for use by several threads at once.
/// </summary>
public interface IShareStates
{
    /// <summary>Begins share partitions, or begins them anew at another offset under a higher state epoch.</summary>
    ValueTask<InitializeShareGroupStateResponse> InitializeAsync(InitializeShareGroupStateRequest request);

    /// <summary>What is known of share partitions, for a leader that takes them over.</summary>
    ValueTask<ReadShareGroupStateResponse> ReadAsync(ReadShareGroupStateRequest request);

    /// <summary>Keeps what became of records.</summary>
    ValueTask<WriteShareGroupStateResponse> WriteAsync(WriteShareGroupStateRequest request);

    /// <summary>Forgets share partitions.</summary>
    ValueTask<DeleteShareGroupStateResponse> DeleteAsync(DeleteShareGroupStateRequest request);

    /// <summary>From where share partitions are delivered. One of which nothing is known has the start offset -1.</summary>
    ValueTask<ReadShareGroupStateSummaryResponse> SummarizeAsync(ReadShareGroupStateSummaryRequest request);
}
