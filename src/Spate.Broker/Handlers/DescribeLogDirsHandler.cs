using Spate.Broker.Requests;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Storage.Directories;
using Spate.Storage.Files;

namespace Spate.Broker.Handlers;

/// <summary>
/// DescribeLogDirs 0 to 4 (KIP-113, KIP-827): the log directories, the logs in them with their sizes, the copies that are on their way to take a
/// log's place, and the room on the volume. A directory that is offline is told with KAFKA_STORAGE_ERROR and nothing else. Partitions that were
/// asked for and are not here do not appear.
/// </summary>
public sealed class DescribeLogDirsHandler(LogStore logs, IFileSystem files) : RequestHandler<DescribeLogDirsRequest, DescribeLogDirsResponse>
{
    protected override ValueTask<DescribeLogDirsResponse?> HandleAsync(DescribeLogDirsRequest request, RequestContext context, CancellationToken cancellation)
    {
        var asked = request.Topics?.SelectMany(topic => topic.Partitions, static (topic, index) => new TopicPartition(topic.Topic, index)).ToHashSet();
        var found = logs.All.Select(static hosted => (Hosted: hosted, IsFuture: false))
            .Concat(logs.Futures.Select(static future => (Hosted: future, IsFuture: true)))
            .Where(each => asked is null || asked.Contains(each.Hosted.Partition))
            .ToLookup(static each => each.Hosted.Directory);
        var reply = new DescribeLogDirsResponse();
        foreach (var directory in logs.Directories.All)
        {
            reply.Results.Add(Describe(directory, found[directory]));
        }

        return new ValueTask<DescribeLogDirsResponse?>(reply);
    }

    private DescribeLogDirsResponse.DescribeLogDirsResult Describe(LogDirectory directory, IEnumerable<(HostedLog Hosted, bool IsFuture)> found)
    {
        var result = new DescribeLogDirsResponse.DescribeLogDirsResult { LogDir = directory.Path };
        if (!directory.IsOnline)
        {
            result.ErrorCode = ErrorCode.KafkaStorageError;
            return result;
        }

        try
        {
            var space = files.SpaceOf(directory.Path);
            result.TotalBytes = space.TotalBytes;
            result.UsableBytes = space.UsableBytes;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            result.ErrorCode = ErrorCode.KafkaStorageError;
            return result;
        }

        foreach (var topic in found.GroupBy(static each => each.Hosted.Partition.Topic, StringComparer.Ordinal).OrderBy(static group => group.Key, StringComparer.Ordinal))
        {
            result.Topics.Add(new DescribeLogDirsResponse.DescribeLogDirsTopic
            {
                Name = topic.Key,
                Partitions =
                [
                    .. topic.OrderBy(static each => each.Hosted.Partition.Partition).Select(each => new DescribeLogDirsResponse.DescribeLogDirsPartition
                    {
                        PartitionIndex = each.Hosted.Partition.Partition,
                        PartitionSize = each.Hosted.Log.Size,
                        OffsetLag = LagOf(each.Hosted, each.IsFuture),
                        IsFutureKey = each.IsFuture,
                    }),
                ],
            });
        }

        return result;
    }

    /// <summary>What a copy lacks of its original; for a log itself, what it lacks of what enough replicas have.</summary>
    private long LagOf(HostedLog hosted, bool isFuture)
    {
        var goal = isFuture ? logs.Find(hosted.Partition)?.Log.LogEndOffset ?? 0 : hosted.Log.HighWatermark;
        return Math.Max(0, goal - hosted.Log.LogEndOffset);
    }
}
