using Spate.Coordination.Shares.Partitions;
using Spate.Protocol.Messages;

namespace Spate.Broker.Shares.Fetching;

/// <summary>What one ShareFetch request asks for as a whole.</summary>
internal readonly record struct ShareFetchTerms
{
    /// <param name="request">The request.</param>
    /// <param name="responseBytesMax"><c>fetch.max.bytes</c>.</param>
    public ShareFetchTerms(ShareFetchRequest request, int responseBytesMax)
    {
        GroupId = request.GroupId!;
        MemberId = request.MemberId!;
        BytesMax = Math.Clamp(request.MaxBytes, 0, responseBytesMax);
        BytesMin = Math.Min(request.MinBytes, BytesMax);
        RecordsMax = request.MaxRecords;
        BatchSize = Math.Max(1, request.BatchSize);
        Mode = (AcquireMode)request.ShareAcquireMode;
    }

    public string GroupId { get; }

    public string MemberId { get; }

    /// <summary>Record bytes that the response may have; 0 brings the first batch only.</summary>
    public int BytesMax { get; }

    /// <summary>Record bytes that are worth an answer before the time is up.</summary>
    public int BytesMin { get; }

    /// <summary>Records that the response may have, as strictly as <see cref="Mode"/> says.</summary>
    public int RecordsMax { get; }

    /// <summary>How many records the member likes to have in one range.</summary>
    public int BatchSize { get; }

    public AcquireMode Mode { get; }
}
