import fc from 'fast-check'

// The same random cases every time, so that nobody's change is stopped by a case that has nothing to do with it. Others
// are a variable away: WAVETANK_PROPERTY_SEED=$RANDOM. See properties/check.ts.
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env.WAVETANK_PROPERTY_SEED ?? 20_250_101) })
