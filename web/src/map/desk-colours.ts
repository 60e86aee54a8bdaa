// The colours of differences and findings, on the map and in the text beside it. They are told apart by signs as well.

export const changeColours = { added: '#1a7f37', altered: '#a15c07', removed: '#c0271d' } as const
export const changeSigns = { added: '+', altered: '±', removed: '×' } as const
export const shapeColour = '#8c3f7d'
export const severityColours = { E: '#c0271d', W: '#a15c07', I: '#2563a8' } as const
