using System.Numerics;

namespace Spate.Client.Producing;

/// <summary>Which of the batches that a partition loses in a row are told of: the first, the second, the fourth and so on, so that a cluster that is gone does not fill the log.</summary>
internal struct LossCount
{
    private long _batches;
    private long _untoldBatches;
    private long _untoldRecords;

    /// <summary>Another batch is lost; says whether that is to be told, with what was kept back since the last time.</summary>
    public bool Add(int records, out long untoldBatches, out long untoldRecords)
    {
        (untoldBatches, untoldRecords) = (_untoldBatches, _untoldRecords);
        if (BitOperations.IsPow2(++_batches))
        {
            (_untoldBatches, _untoldRecords) = (0, 0);
            return true;
        }

        _untoldBatches++;
        _untoldRecords += records;
        return false;
    }

    /// <summary>A batch was delivered; says what was kept back. The next loss is the first again.</summary>
    public (long Batches, long Records) Clear()
    {
        var untold = (_untoldBatches, _untoldRecords);
        this = default;
        return untold;
    }
}
