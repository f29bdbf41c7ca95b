namespace Spate.Coordination.Groups;

/// <summary>What the offsets of a member are held to.</summary>
/// <param name="Epoch">The epoch that it is in; of a member of the classic protocol the generation.</param>
/// <param name="SpeaksClassic">Whether it speaks the classic protocol in a group of a newer one.</param>
internal readonly record struct MemberStanding(int Epoch, bool SpeaksClassic = false);
