using Spate.Broker.Requests;
using Spate.Coordination.Runtime;
using Spate.Coordination.Transactions;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Transactions;

/// <summary>
/// WriteTxnMarkers 0 to 2: ends transactions in partitions. Coordinators ask for it, and operators who abort a transaction that hangs
/// (KIP-664). Up to version 1 it is not said by which version of transactions the marker goes, and the rule of the older one holds.
/// </summary>
public sealed class WriteTxnMarkersHandler(IMarkerWriter markers) : RequestHandler<WriteTxnMarkersRequest, WriteTxnMarkersResponse>
{
    protected override async ValueTask<WriteTxnMarkersResponse?> HandleAsync(WriteTxnMarkersRequest request, RequestContext context, CancellationToken cancellation)
    {
        var response = new WriteTxnMarkersResponse();
        foreach (var marker in request.Markers)
        {
            var answer = new WriteTxnMarkersResponse.WritableTxnMarkerResult { ProducerId = marker.ProducerId };
            response.Markers.Add(answer);
            var end = new TransactionEnd(marker.ProducerId, marker.ProducerEpoch, marker.TransactionResult, marker.CoordinatorEpoch, marker.TransactionVersion);
            foreach (var topic in marker.Topics)
            {
                answer.Topics.Add(await WriteAsync(end, topic, cancellation));
            }
        }

        return response;
    }

    private async ValueTask<WriteTxnMarkersResponse.WritableTxnMarkerTopicResult> WriteAsync(
        TransactionEnd end, WriteTxnMarkersRequest.WritableTxnMarkerTopic topic, CancellationToken cancellation)
    {
        List<TopicPartition> partitions = topic.PartitionIndexes.ConvertAll(index => new TopicPartition(topic.Name, index));
        var written = end.ProducerId < 0 || end.ProducerEpoch < 0
            ? partitions.ConvertAll(partition => (Partition: partition, Error: ErrorCode.InvalidRequest))
            : await markers.WriteAsync(end, partitions, cancellation);
        return new WriteTxnMarkersResponse.WritableTxnMarkerTopicResult
        {
            Name = topic.Name,
            Partitions =
            [
                .. written.Select(each => new WriteTxnMarkersResponse.WritableTxnMarkerPartitionResult { PartitionIndex = each.Partition.Partition, ErrorCode = each.Error }),
            ],
        };
    }
}
