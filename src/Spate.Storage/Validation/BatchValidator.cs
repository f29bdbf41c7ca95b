namespace Spate.Storage.Validation;

/// <summary>
/// Decides whether bytes may be appended to a log, as Kafka does, and makes them ready for it: offsets, leader epoch, timestamps, codec.
/// Holds no state and is safe for all threads; one append takes as long as one pass over its bytes, plus the codecs where they are needed.
/// </summary>
public static class BatchValidator
{
    /// <summary>Validates what is to be appended and prepares it in place where that is possible.</summary>
    /// <param name="records">
    /// Whole batches (or messages of magic 0 and 1), which belong to the caller, who lets nobody else read or write them meanwhile. They
    /// are patched where they lie; after a failure they are good for nothing.
    /// </param>
    /// <param name="request">What the verdict depends on.</param>
    /// <returns>Bytes to write and what there is to know of them, or why there are none. To be disposed once they are written.</returns>
    public static ValidationResult Validate(Memory<byte> records, in ValidationRequest request)
    {
        if (records.IsEmpty)
        {
            return new ValidationResult(new AppendFailure(AppendError.InvalidRecord, "There is no record batch to append."));
        }

        if (!request.AssignsOffsets)
        {
            return OrderedAppend.Run(records, request);
        }

        var append = new LeaderAppend(records, request);
        try
        {
            return append.Run();
        }
        finally
        {
            append.Dispose();
        }
    }
}
